import { type Part, Rng, shareOut } from "../../../src/common/index.ts";
import type {
  MirrorMap,
  MirrorMaps,
  VecEnvironment,
  VecObservations,
  VecStep,
} from "../../../src/learn/ppo/index.ts";

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = 1.1;
const HALF_POLE = 0.5;
const FORCE = 10;
const TIMESTEP = 0.02;
const REWARD = 0.05;
const MAX_ANGLE = (12 * Math.PI) / 180;
const MAX_POSITION = 2.4;

export interface CartPoleOptions {
  readonly numEnvs: number;
  readonly seed: number;
  /** Steps after which an episode is cut off. */
  readonly maxSteps?: number;
  /** How many parts step apart. */
  readonly parts?: number;
  /** Hides both velocities from the actor, so that it has to remember. */
  readonly hidesVelocities?: boolean;
}

/**
 * Carts that balance poles (Barto, Sutton and Anderson 1983; the equations of Florian 2007), pushed by a force of
 * 10 N times the action within ±1. Reward 0.05 a step; an episode ends when the pole leans 12° or the cart is 2.4 m away.
 */
export class CartPole implements VecEnvironment {
  readonly numEnvs: number;
  readonly observationSizes: { readonly actor: number; readonly critic: number };
  readonly actionSize = 1;
  readonly parts: readonly Part[];
  readonly #options: Required<CartPoleOptions>;
  #rng: Rng;
  /** Position, angle, velocity, angular velocity of each. */
  readonly #states: Float64Array;
  readonly #steps: Int32Array;
  readonly #result: VecStep;

  constructor(options: CartPoleOptions) {
    const n = options.numEnvs;
    this.#options = { maxSteps: 500, parts: 1, hidesVelocities: false, ...options };
    this.numEnvs = n;
    this.parts = shareOut({ first: 0, count: n }, this.#options.parts);
    this.observationSizes = { actor: this.#options.hidesVelocities ? 2 : 4, critic: 4 };
    this.#rng = new Rng(options.seed);
    this.#states = new Float64Array(4 * n);
    this.#steps = new Int32Array(n);
    this.#result = {
      obs: new Float32Array(n * this.observationSizes.actor),
      criticObs: new Float32Array(n * 4),
      reward: new Float32Array(n).fill(REWARD),
      terminated: new Uint8Array(n),
      timedOut: new Uint8Array(n),
      terminalCriticObs: new Float32Array(n * 4),
    };
  }

  /** Starts all carts anew, and the random source with them. */
  reset(): VecObservations {
    this.#rng = new Rng(this.#options.seed);
    for (let i = 0; i < this.numEnvs; i++) {
      this.#begin(i);
      this.#observe(i);
    }
    return this.#result;
  }

  send({ first, count }: Part, actions: Float32Array): void {
    const { terminated, timedOut, terminalCriticObs } = this.#result;
    for (let i = first; i < first + count; i++) {
      const state = this.#states.subarray(4 * i, 4 * i + 4);
      move(state, FORCE * Math.max(-1, Math.min(1, actions[i])));
      const hasFallen = Math.abs(state[0]) > MAX_POSITION || Math.abs(state[1]) > MAX_ANGLE;
      const isLate = ++this.#steps[i] >= this.#options.maxSteps;
      terminated[i] = hasFallen ? 1 : 0;
      timedOut[i] = isLate && !hasFallen ? 1 : 0;
      if (hasFallen || isLate) {
        terminalCriticObs.set(state, 4 * i);
        this.#begin(i);
      }
      this.#observe(i);
    }
  }

  receive(): VecStep {
    return this.#result;
  }

  #begin(i: number): void {
    for (let k = 0; k < 4; k++) this.#states[4 * i + k] = this.#rng.uniform(-0.05, 0.05);
    this.#steps[i] = 0;
  }

  #observe(i: number): void {
    const size = this.observationSizes.actor;
    for (let k = 0; k < 4; k++) this.#result.criticObs[4 * i + k] = this.#states[4 * i + k];
    for (let k = 0; k < size; k++) this.#result.obs[size * i + k] = this.#states[4 * i + k];
  }
}

/** The mirror image of a cart-pole: everything changes sign. */
export const cartPoleMirror = (hidesVelocities = false): MirrorMaps => ({
  obs: flipped(hidesVelocities ? 2 : 4),
  criticObs: flipped(4),
  actions: flipped(1),
});

function flipped(size: number): MirrorMap {
  return { source: [...Array(size).keys()], sign: Array<number>(size).fill(-1) };
}

/** Moves one cart-pole on by a timestep (semi-implicit Euler). */
function move(state: Float64Array, force: number): void {
  const [, angle, velocity, spin] = state;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const push = (force + POLE_MASS * HALF_POLE * spin * spin * sin) / TOTAL_MASS;
  const inertia = HALF_POLE * (4 / 3 - (POLE_MASS * cos * cos) / TOTAL_MASS);
  const spinChange = (GRAVITY * sin - cos * push) / inertia;
  const velocityChange = push - (POLE_MASS * HALF_POLE * spinChange * cos) / TOTAL_MASS;
  state[2] = velocity + TIMESTEP * velocityChange;
  state[3] = spin + TIMESTEP * spinChange;
  state[0] += TIMESTEP * state[2];
  state[1] += TIMESTEP * state[3];
}
