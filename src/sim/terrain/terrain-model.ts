import type { ModelSource } from "../engine/index.ts";
import { type Ground, groundHeightAt } from "./ground.ts";
import { encodeHeightField, type HeightField } from "./height-field.ts";
import { LOOK, VIEWS } from "./look.ts";
import type { Step } from "./stairs.ts";
import type { TileLayout } from "./tile-layout.ts";

const FIELD_FILE = "terrain.hfield";
/** Thickness of the ground below its lowest point, m. */
const BASE = 0.5;

/** A terrain as a world model: the ground, the shared look, and cameras at the height of the ground at the origin. */
export function terrainModel(layout: TileLayout, ground: Ground): ModelSource {
  const main = `${layout.kind}.xml`;
  const height = groundHeightAt(ground, layout, 0, 0);
  const body = ground.field === null ? stairsGeoms(ground.steps) : fieldGeoms(ground.field, layout.border);
  const asset = ground.field === null ? "" : fieldAsset(ground.field);
  const xml = `<mujoco model="${layout.kind}">
  <compiler angle="radian" autolimits="true"/>
  <size memory="1M"/>
${LOOK}
${asset}
  <worldbody>
    <body name="views" pos="0 0 ${height}">${VIEWS}    </body>
${body}
  </worldbody>
</mujoco>
`;
  const files = new Map<string, Uint8Array | string>([[main, xml]]);
  if (ground.field !== null) files.set(FIELD_FILE, encodeHeightField(ground.field));
  return { main, files };
}

function fieldAsset(field: HeightField): string {
  const [low, high] = field.range();
  // The engine wants a positive height even where the ground is level.
  const size = `${field.halfX} ${field.halfY} ${Math.max(high - low, 1e-3)} ${BASE}`;
  return `  <asset><hfield name="terrain" file="${FIELD_FILE}" size="${size}"/></asset>`;
}

function fieldGeoms(field: HeightField, border: number): string {
  const { halfX, halfY } = field;
  const [low] = field.range();
  const slab = (name: string, x: number, y: number, sx: number, sy: number) =>
    `    <geom name="border_${name}" type="box" pos="${x} ${y} ${-BASE / 2}" size="${sx} ${sy} ${BASE / 2}" material="ground"/>`;
  return [
    `    <geom name="terrain" type="hfield" hfield="terrain" pos="0 0 ${low}" material="earth"/>`,
    slab("front", halfX + border / 2, 0, border / 2, halfY + border),
    slab("back", -halfX - border / 2, 0, border / 2, halfY + border),
    slab("left", 0, halfY + border / 2, halfX, border / 2),
    slab("right", 0, -halfY - border / 2, halfX, border / 2),
  ].join("\n");
}

function stairsGeoms(pyramids: readonly (readonly Step[])[]): string {
  const boxes = pyramids.flatMap((steps, tile) =>
    steps.map(
      ({ x, y, half, top }, step) =>
        `    <geom name="step_${tile}_${step}" type="box" pos="${x} ${y} ${top / 2}" size="${half} ${half} ${top / 2}" material="earth"/>`,
    ),
  );
  return [`    <geom name="floor" type="plane" size="0 0 0.05" material="ground"/>`, ...boxes].join("\n");
}
