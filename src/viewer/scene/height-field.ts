import { BufferAttribute, BufferGeometry } from "three";
import type { HeightFieldDescription } from "../../sim/index.ts";

/** The surface of a height field, with places for a texture. */
export function heightFieldGeometry(field: HeightFieldDescription): BufferGeometry {
  const { rows, columns } = field;
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(gridPositions(field), 3));
  geometry.setAttribute("uv", new BufferAttribute(gridPlaces(rows, columns), 2));
  geometry.setIndex(gridTriangles(rows, columns));
  geometry.computeVertexNormals();
  return geometry;
}

function gridPositions({ rows, columns, size, heights }: HeightFieldDescription): Float32Array {
  const [halfX, halfY, top] = size;
  const positions = new Float32Array(3 * rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      positions[3 * i] = halfX * ((2 * column) / (columns - 1) - 1);
      positions[3 * i + 1] = halfY * ((2 * row) / (rows - 1) - 1);
      positions[3 * i + 2] = top * heights[i];
    }
  }
  return positions;
}

function gridPlaces(rows: number, columns: number): Float32Array {
  const places = new Float32Array(2 * rows * columns);
  for (let i = 0; i < rows * columns; i++) {
    places[2 * i] = (i % columns) / (columns - 1);
    places[2 * i + 1] = Math.floor(i / columns) / (rows - 1);
  }
  return places;
}

/** Two triangles a cell, split from its low corner to its high one as MuJoCo does, so that feet stand on what is drawn. */
function gridTriangles(rows: number, columns: number): number[] {
  const triangles: number[] = [];
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const a = row * columns + column;
      const [b, c, d] = [a + 1, a + columns, a + columns + 1];
      triangles.push(a, b, d, a, d, c);
    }
  }
  return triangles;
}
