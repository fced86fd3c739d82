import { BackSide, Color, Group, Mesh, ShaderMaterial } from "three";
import type { WorldView } from "../scene/world-view.ts";

/** How far the outline stands off, m. */
const WIDTH = 0.006;

/** A rim around the selected body: its geoms again, grown along their normals, seen from inside. */
export class Outline {
  readonly group = new Group();
  readonly #material = new ShaderMaterial({
    side: BackSide,
    uniforms: { colour: { value: new Color(0x2f9bff) }, width: { value: WIDTH } },
    vertexShader: `uniform float width; void main() {
      vec4 world = modelMatrix * vec4(position, 1.0);
      world.xyz += width * normalize(mat3(modelMatrix) * normal);
      gl_Position = projectionMatrix * viewMatrix * world; }`,
    fragmentShader: `uniform vec3 colour; void main() { gl_FragColor = vec4(colour, 1.0);
      #include <colorspace_fragment>
    }`,
  });
  #body = -1;
  #view: WorldView | undefined;

  constructor() {
    this.group.matrixAutoUpdate = false;
  }

  update(view: WorldView, body: number): void {
    if (body !== this.#body || view !== this.#view) this.#wrap(view, body);
    if (body >= 0) this.group.matrix.copy(view.visuals.bodyMatrix(body));
  }

  #wrap(view: WorldView, body: number): void {
    this.#body = body;
    this.#view = view;
    this.group.clear();
    if (body < 0) return;
    for (const { geometry, local } of view.visuals.shapesOf(body)) {
      const mesh = new Mesh(geometry, this.#material);
      mesh.matrixAutoUpdate = false;
      mesh.matrix.copy(local);
      mesh.frustumCulled = false;
      this.group.add(mesh);
    }
  }
}
