import { UsageError } from "../../common/index.ts";

/** A motor to give to a joint. */
export interface Motor {
  readonly joint: string;
  /** N·m. */
  readonly torqueLimit: number;
}

/**
 * Makes a canonical MJCF drivable: one motor per joint with its torque limit at the joint, and a free joint for the
 * base if it lacks one. Keyframes go, since their length changes, and so do sensors of the old actuators.
 *
 * @param mjcf text from `canonicalMjcf`, which has one element a line
 * @param base name of the body to free, or undefined if it floats already
 */
export function withMotors(mjcf: string, motors: readonly Motor[], base: string | undefined): string {
  let text = mjcf
    .replace(/^ {2}<(actuator|keyframe)>[\s\S]*?^ {2}<\/\1>\n/gm, "")
    .replace(/^.*<actuator(pos|vel|frc)\b.*\n/gm, "")
    .replace(/ nkey="\d+"/, "");
  if (base !== undefined) {
    const body = new RegExp(`^( *)<body name="${escaped(base)}"[^\\n]*(?<!/)>$`, "m");
    text = replaceOnce(
      text,
      body,
      (line, indent) => `${line}\n${indent}  <freejoint name="floating_base_joint"/>`,
      base,
    );
  }
  for (const { joint, torqueLimit } of motors) {
    const element = new RegExp(`<joint name="${escaped(joint)}"[^>\\n]*?/?>`);
    text = replaceOnce(text, element, (line) => withTorqueLimit(line, torqueLimit), joint);
  }
  const elements = motors.map(({ joint }) => `    <motor name="${joint}" joint="${joint}"/>`);
  const section = ["  <actuator>", ...elements, "  </actuator>"].join("\n");
  return text.replace("</mujoco>", `\n${section}\n</mujoco>`);
}

/**
 * A URDF whose base floats: URDF bases are fixed to the world unless a floating joint says otherwise.
 *
 * @throws UsageError where no single base link is found
 */
export function withFloatingBase(urdf: string): string {
  const text = urdf.replace(/<!--[\s\S]*?-->/g, "");
  const joints = [...text.matchAll(/<joint\b([^>]*)>([\s\S]*?)<\/joint>/g)].flatMap(([, head, inside]) => {
    const parent = /<parent\b[^>]*\blink\s*=\s*"([^"]*)"/.exec(inside)?.[1];
    const child = /<child\b[^>]*\blink\s*=\s*"([^"]*)"/.exec(inside)?.[1];
    const type = /\btype\s*=\s*"([^"]*)"/.exec(head)?.[1];
    return parent === undefined || child === undefined ? [] : [{ parent, child, type }];
  });
  if (joints.some((joint) => joint.type === "floating")) return text;
  const links = [...text.matchAll(/<link\b[^>]*\bname\s*=\s*"([^"]*)"/g)].map((match) => match[1]);
  const roots = links.filter((link) => joints.every((joint) => joint.child !== link));
  if (roots.length !== 1 || roots[0] === "world") {
    throw new UsageError(
      `The URDF has ${roots.length === 1 ? "a base fixed to the world" : `${roots.length} base links`}.`,
      "Give it one base link that is no other link's child, or a joint of type floating.",
    );
  }
  const base =
    `  <link name="world"/>\n  <joint name="floating_base_joint" type="floating">` +
    `<parent link="world"/><child link="${roots[0]}"/></joint>\n`;
  return text.replace("</robot>", `${base}</robot>`);
}

/** Greatest speed of each joint of a URDF, rad/s; MuJoCo has no place for it. */
export function urdfVelocityLimits(urdf: string): Map<string, number> {
  const joints = urdf.matchAll(/<joint\b[^>]*\bname\s*=\s*"([^"]*)"[^>]*>([\s\S]*?)<\/joint>/g);
  return new Map(
    [...joints].flatMap(([, name, inside]): [string, number][] => {
      const speed = Number(/<limit\b[^>]*\bvelocity\s*=\s*"([^"]*)"/.exec(inside)?.[1]);
      return speed > 0 ? [[name, speed]] : [];
    }),
  );
}

function withTorqueLimit(line: string, limit: number): string {
  const bare = line.replace(/ actuatorfrc(range|limited)="[^"]*"/g, "");
  return bare.replace(/(\/?>)$/, ` actuatorfrcrange="-${limit} ${limit}"$1`);
}

function replaceOnce(
  text: string,
  pattern: RegExp,
  replacer: (line: string, indent: string) => string,
  what: string,
): string {
  if (!pattern.test(text))
    throw new UsageError(`"${what}" cannot be found in the converted model.`, "Give it a name of its own.");
  return text.replace(pattern, (line: string, indent: string) => replacer(line, indent));
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/&/g, "&amp;");
