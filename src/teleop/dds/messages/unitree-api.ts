import { sequence, struct } from "../idl/idl-type.ts";

// Remote procedure calls over two topics, one each way. Source: IDL of Unitree's SDK 2; see docs/unitree.md.
const name = (type: string): string => `unitree_api::msg::dds_::${type}_`;

const requestIdentity = struct(name("RequestIdentity"), { id: "i64", api_id: "i64" });
const requestHeader = struct(name("RequestHeader"), {
  identity: requestIdentity,
  lease: struct(name("RequestLease"), { id: "i64" }),
  policy: struct(name("RequestPolicy"), { priority: "i32", noreply: "bool" }),
});

/** A call: which procedure, and its arguments as JSON. */
export const apiRequest = struct(name("Request"), {
  header: requestHeader,
  parameter: "string",
  binary: sequence("u8"),
});

const responseHeader = struct(name("ResponseHeader"), {
  identity: requestIdentity,
  status: struct(name("ResponseStatus"), { code: "i32" }),
});

/** The answer to a call, with the call's identity; code 0 means done. */
export const apiResponse = struct(name("Response"), {
  header: responseHeader,
  data: "string",
  binary: sequence("u8"),
});
