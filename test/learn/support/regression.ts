import { Rng } from "../../../src/common/index.ts";
import {
  Graph,
  gradients,
  mean,
  mlp,
  type ParameterLayout,
  Parameters,
  square,
  sub,
} from "../../../src/learn/graph/index.ts";
import { float32Tensor } from "../../../src/learn/onnx/index.ts";
import { adam, adamInputs, carry, clipByNorm, TrainingSession } from "../../../src/learn/optim/index.ts";

const BATCH = 64;

/** A small network that learns y = sin(3 x0) · x1 from random samples, in one session. */
export class Regression implements Disposable {
  readonly session: TrainingSession;
  readonly layout: ParameterLayout;
  readonly rng: Rng;
  readonly #feeds: ReturnType<typeof feeds>;

  private constructor(
    session: TrainingSession,
    layout: ParameterLayout,
    arrays: ReturnType<typeof feeds>,
    rng: Rng,
  ) {
    this.session = session;
    this.layout = layout;
    this.rng = rng;
    this.#feeds = arrays;
  }

  static async create(seed: number): Promise<Regression> {
    const graph = new Graph();
    const parameters = new Parameters(graph);
    const prediction = mlp(parameters, "net", graph.input("x", [BATCH, 2]), [32, 32, 1], "tanh");
    const loss = mean(square(sub(prediction, graph.input("y", [BATCH, 1]))));
    const { layout } = parameters;
    const flat = graph.input("parameters", [layout.size]);
    parameters.bindTo(flat);
    const clipped = clipByNorm(gradients(loss, [flat])[0], 1);
    const before = adamInputs(graph, layout.size);
    const after = adam(flat, clipped.gradient, before, graph.input("rate", []));
    carry(graph, flat, after.parameters);
    carry(graph, before.firstMoment, after.state.firstMoment);
    carry(graph, before.secondMoment, after.state.secondMoment);
    carry(graph, before.step, after.state.step);
    graph.output("loss", loss);
    graph.output("norm", clipped.norm);
    const arrays = feeds();
    const session = await TrainingSession.create(graph, arrays);
    const rng = new Rng(seed);
    session.state("parameters").set(layout.initial(rng));
    return new Regression(session, layout, arrays, rng);
  }

  /** One step on fresh samples; the loss before it. */
  async step(rate: number): Promise<number> {
    const { x, y } = this.#feeds;
    for (let i = 0; i < BATCH; i++) {
      x.data[2 * i] = this.rng.uniform(-1, 1);
      x.data[2 * i + 1] = this.rng.uniform(-1, 1);
      y.data[i] = Math.sin(3 * x.data[2 * i]) * x.data[2 * i + 1];
    }
    this.#feeds.rate.data[0] = rate;
    await this.session.step();
    return this.session.result("loss")[0];
  }

  [Symbol.dispose](): void {
    this.session[Symbol.dispose]();
  }
}

function feeds() {
  const zeros = (...dims: number[]) => {
    const data = new Float32Array(dims.reduce((a, b) => a * b, 1));
    return { ...float32Tensor("", dims, data), data };
  };
  return { x: zeros(BATCH, 2), y: zeros(BATCH, 1), rate: zeros() };
}
