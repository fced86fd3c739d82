import { BackSide, Color, Mesh, ShaderMaterial, SphereGeometry, Vector3 } from "three";

/** Colours of sky and haze: by day, and of the dark theme's studio. */
export interface SkyLook {
  readonly zenith: number;
  readonly horizon: number;
  readonly ground: number;
  readonly sun: number;
  /** How bright the sun's glow is. */
  readonly glow: number;
}

export const DAY: SkyLook = {
  zenith: 0x6f9fd4,
  horizon: 0xe9eff5,
  ground: 0xc9ced3,
  sun: 0xfff2dc,
  glow: 0.55,
};
export const NIGHT: SkyLook = {
  zenith: 0x0d1118,
  horizon: 0x2a323d,
  ground: 0x1a1e24,
  sun: 0x9fb8d8,
  glow: 0.18,
};

const VERTEX = `
varying vec3 direction;
void main() {
  direction = normalize(position);
  vec4 clip = projectionMatrix * mat4(mat3(viewMatrix)) * vec4(position, 1.0);
  gl_Position = clip.xyww; // as far as can be
}`;

const FRAGMENT = `
varying vec3 direction;
uniform vec3 zenith, horizon, ground, sun, toSun;
uniform float glow;
float noise(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453); }
void main() {
  vec3 d = normalize(direction);
  float up = max(d.z, 0.0);
  vec3 colour = mix(horizon, zenith, 1.0 - exp(-3.2 * up));
  colour = mix(colour, ground, smoothstep(0.0, -0.25, d.z));
  float toward = max(dot(d, toSun), 0.0);
  colour += sun * glow * (0.35 * pow(toward, 8.0) + 0.9 * pow(toward, 96.0));
  colour += (noise(gl_FragCoord.xy) - 0.5) / 160.0; // no bands in the gradient
  gl_FragColor = vec4(colour, 1.0);
  #include <colorspace_fragment>
}`;

/** A dome around everything: a smooth sky with haze at the horizon and a glow where the sun stands. */
export class Sky {
  readonly mesh: Mesh<SphereGeometry, ShaderMaterial>;

  constructor() {
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      side: BackSide,
      depthWrite: false,
      toneMapped: false,
      uniforms: {
        zenith: { value: new Color() },
        horizon: { value: new Color() },
        ground: { value: new Color() },
        sun: { value: new Color() },
        toSun: { value: new Vector3(0.45, -0.38, 0.81).normalize() },
        glow: { value: 0 },
      },
    });
    this.mesh = new Mesh(new SphereGeometry(1, 48, 32), material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = -1;
    this.show(DAY);
  }

  /** Takes a look's colours. */
  show({ zenith, horizon, ground, sun, glow }: SkyLook): void {
    const { uniforms } = this.mesh.material;
    uniforms.zenith.value.set(zenith);
    uniforms.horizon.value.set(horizon);
    uniforms.ground.value.set(ground);
    uniforms.sun.value.set(sun);
    uniforms.glow.value = glow;
  }

  /** Where the sun stands. */
  set toSun(direction: Vector3) {
    this.mesh.material.uniforms.toSun.value.copy(direction).normalize();
  }
}
