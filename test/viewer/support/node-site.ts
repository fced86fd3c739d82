import { siteData } from "../../../src/app/site/site-data.ts";
import type { ControllerFile } from "../../../src/policies/index.ts";
import { Site } from "../../../src/viewer/host/site-files.ts";

/** The site's data, read from the checkout instead of fetched. */
export async function nodeSite(offered: readonly ControllerFile[] = []): Promise<Site> {
  const files = await siteData(offered);
  return Site.open(async (path) => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new Error(`no ${path}`);
    return bytes;
  });
}
