import { UnsupportedPolicyError } from "../errors.ts";
import type { TorchArchive } from "./archive.ts";
import { PickledObject, PickledTensor } from "./unpickle.ts";

/** One module of a TorchScript archive with typed access to its attributes. */
export class TorchModule {
  /** Where it sits in the tree: "memory", "actor.0". */
  readonly path: string;
  /** The class's last name without TorchScript's numbering: "Linear". */
  readonly kind: string;
  readonly #archive: TorchArchive;
  readonly #object: PickledObject;

  constructor(archive: TorchArchive, object: PickledObject, path: string) {
    this.#archive = archive;
    this.#object = object;
    this.path = path;
    this.kind = object.className.split(".").at(-1) ?? object.className;
  }

  /** The modules directly inside, by attribute name. */
  get children(): ReadonlyMap<string, TorchModule> {
    const children = new Map<string, TorchModule>();
    for (const [name, value] of this.#object.attributes)
      if (value instanceof PickledObject) {
        const path = this.path === "" ? String(name) : `${this.path}.${name}`;
        children.set(String(name), new TorchModule(this.#archive, value, path));
      }
    return children;
  }

  /** Shape and values of a tensor attribute; undefined where there is none. */
  tensor(name: string): { dims: readonly number[]; values: Float32Array } | undefined {
    const value = this.#object.attributes.get(name);
    if (!(value instanceof PickledTensor)) return undefined;
    return { dims: value.shape, values: this.#archive.floats(value) };
  }

  /** A tensor attribute that the module cannot do without. */
  requireTensor(name: string): { dims: readonly number[]; values: Float32Array } {
    const tensor = this.tensor(name);
    if (tensor !== undefined) return tensor;
    throw new UnsupportedPolicyError(
      `The module "${this.path}" (${this.kind}) has no ${name}.`,
      "Export the policy from an unmodified legged_gym, rsl_rl or Isaac Lab.",
    );
  }

  /** A constant of the class (`alpha : Final[float] = 1.`), as its text. */
  constant(name: string): string | undefined {
    return new RegExp(`^ {2}${name} : Final\\[[^\\n]*\\] = (.+)$`, "m").exec(this.code)?.[1];
  }

  /** Every function that the class's `forward` calls: "torch.linear", "(memory).forward__0". */
  get calls(): readonly string[] {
    const forward = /^ {2}def forward\(.*?(?=^ {2}def |$(?![\s\S]))/ms.exec(this.code)?.[0] ?? "";
    return [...forward.matchAll(/\b(?:torch|ops(?:\.\w+)*|__torch__(?:\.\w+)*)\.\w+(?=\()/g)].map(
      ([call]) => call,
    );
  }

  /** The source text of the class. */
  get code(): string {
    return this.#archive.classText(this.#object.className);
  }
}
