import { basename, extname, join } from "node:path";
import { type ControllerFile, readPolicyFile } from "../../policies/index.ts";
import { SCENES, zipModels } from "../../sim/index.ts";
import { type LocatedRobot, listRobots, readModel } from "../../sim/node.ts";
import { readBytes, readText } from "../files.ts";
import { packageVersion, shippedPath } from "../package-root.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { shippedPolicies } from "../shipped-policies.ts";

/** Levels that generated ground takes. */
const LEVELS = 10;

/** A policy to offer on a page, beside those that ship. */
export type OfferedPolicy = ControllerFile;

/**
 * The files that pages read below their data folder: every robot and scene as an archive, policies, motions, and
 * `catalogue.json`, which says what there is. The viewer's `SiteCatalogue` is the other side of it.
 */
export async function siteData(offered: readonly OfferedPolicy[] = []): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const robots = listRobots(ROBOT_PLACES);
  const catalogue = {
    software: packageVersion(),
    robots: robots.map((robot) => addRobot(robot, files)),
    scenes: SCENES.map((scene) => {
      const entry = { name: scene.name, about: scene.description };
      if ("kind" in scene) return { ...entry, levels: LEVELS };
      const model = readModel(shippedPath("scenes", scene.file));
      const archive = `scenes/${scene.name}.zip`;
      files.set(archive, zipModels({ scene: model }));
      return { ...entry, levels: 0, archive, main: model.main };
    }),
    policies: await addPolicies([...(await offeredByPackage(robots)), ...offered], robots, files),
    motions: await addMotions(files),
  };
  files.set("catalogue.json", new TextEncoder().encode(JSON.stringify(catalogue)));
  return files;
}

function addRobot({ robot, modelPath }: LocatedRobot, files: Map<string, Uint8Array>) {
  const model = readModel(modelPath);
  const archive = `robots/${robot.name}.zip`;
  files.set(archive, zipModels({ robot: model }));
  return { spec: robot, archive, main: model.main };
}

async function addPolicies(
  policies: readonly OfferedPolicy[],
  robots: readonly LocatedRobot[],
  files: Map<string, Uint8Array>,
) {
  return policies.map((policy) => {
    const { spec } = readPolicyFile(policy.bytes, { robots: robots.map(({ robot }) => robot), ...policy });
    const file = `policies/${policy.name}${extensionOf(policy.bytes)}`;
    files.set(file, policy.bytes);
    return { id: policy.name, name: spec.name, robot: spec.robot, joints: spec.jointNames, file };
  });
}

/** TorchScript files are zip archives. */
const extensionOf = (bytes: Uint8Array): string => (bytes[0] === 0x50 && bytes[1] === 0x4b ? ".pt" : ".onnx");

/** Every policy that ships for a robot, named by both: "h1_2-lower". */
async function offeredByPackage(robots: readonly LocatedRobot[]): Promise<OfferedPolicy[]> {
  const paths = robots.flatMap(({ robot: { name } }) =>
    shippedPolicies(name).map((path) => [`${name}-${basename(path, extname(path))}`, path] as const),
  );
  return Promise.all(paths.map(async ([name, path]) => ({ name, bytes: await readBytes(path) })));
}

async function addMotions(files: Map<string, Uint8Array>) {
  const folder = shippedPath("assets", "motions");
  const text = await readText(join(folder, "manifest.json"));
  const manifest = JSON.parse(text) as { files: Record<string, string> };
  files.set("motions/manifest.json", new TextEncoder().encode(text));
  const entries = Object.entries(manifest.files).map(async ([robot, file]) => {
    files.set(`motions/${basename(file)}`, await readBytes(join(folder, file)));
    return [robot, { manifest: "motions/manifest.json", data: `motions/${basename(file)}` }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
