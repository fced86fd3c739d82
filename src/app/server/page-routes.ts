import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { siteData } from "../site/site-data.ts";
import { viewerBundle } from "../site/viewer-bundle.ts";
import type { Route } from "./live-server.ts";
import { dataRoute, staticRoute } from "./routes.ts";

/** Serves the viewer's page, marked as this server's so that it shows what runs here, and the data of its local mode. */
export async function pageRoutes(note: (text: string) => void): Promise<Route[]> {
  const bundle = await viewerBundle(note);
  const page = (await readFile(join(bundle, "index.html"), "utf8")).replace("<html", "<html data-served");
  const front: Route = (request, response, { pathname }) => {
    if (request.method !== "GET" || (pathname !== "/" && pathname !== "/index.html")) return false;
    response
      .writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache" })
      .end(page);
    return true;
  };
  return [front, dataRoute(siteData), staticRoute(bundle)];
}
