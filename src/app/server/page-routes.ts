import { existsSync } from "node:fs";
import { join } from "node:path";
import { shippedPath } from "../package-root.ts";
import { type Route, say } from "./live-server.ts";
import { staticRoute } from "./routes.ts";

/** Serves the viewer's page where it has been built, else says how to build it. */
export async function pageRoutes(_note: (text: string) => void): Promise<Route[]> {
  const bundle = shippedPath("dist", "viewer");
  if (existsSync(join(bundle, "index.html"))) return [staticRoute(bundle)];
  return [
    (_, response, { pathname }) => {
      if (pathname !== "/") return false;
      say(
        response,
        503,
        "The page has not been built. Other clients connect to /ws; see src/wire/PROTOCOL.md.",
      );
      return true;
    },
  ];
}
