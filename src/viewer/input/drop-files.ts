import type { Viewer } from "../page/viewer.ts";

/** Takes files that are dropped on the page: recordings are replayed, policy files inspected and offered. */
export function acceptFiles(viewer: Viewer): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    for (const file of event.dataTransfer?.files ?? []) void take(viewer, file);
  });
}

async function take(viewer: Viewer, file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.name.endsWith(".mcap")) viewer.send({ op: "openRecording", bytes, name: file.name });
  else viewer.send({ op: "addPolicy", name: file.name, bytes });
}

/** Fetches a recording and replays it. */
export async function openRecordingAt(viewer: Viewer, address: string): Promise<void> {
  const response = await fetch(address).catch(() => undefined);
  const bytes = response?.ok ? new Uint8Array(await response.arrayBuffer()) : new Uint8Array();
  viewer.send({ op: "openRecording", bytes, name: address.split("/").at(-1) ?? address });
}
