import { describe, expect, it } from "vitest";
import { stageConfig } from "../../../src/policies/node.ts";
import { robotByName } from "../../../src/sim/index.ts";
import { REWARD_TERMS } from "../../../src/sim/mdp/rewards/index.ts";
import { stateAtRest } from "../../sim/mdp/two-leg-state.ts";

describe("the harness", () => {
  it.each(["shaped", "gentle"] as const)(
    "of the preset %s does not come off while feet never leave the ground",
    (preset) => {
      const config = stageConfig("lower", robotByName("h1_2"), {
        preset,
        seed: 1,
        numEnvs: 4,
        actor: "lstm",
        opponents: [],
        opponentAction: "mean",
      });
      if (config.half !== "lower") throw new Error("not legs");
      const { commands, rewards } = config.task;
      const mdp = stateAtRest();
      mdp.feet.force.set([0, 0, 300, 0, 0, 300]);
      // Every control step of a stride that is asked to walk, and what counts while it is asked to stand.
      const paid = Array.from({ length: 40 }, (_, step) => {
        mdp.state.time = 0.02 * step;
        return REWARD_TERMS.contact_phase(mdp, rewards.contact_phase.params) / 2;
      });
      const walking = paid.reduce((sum, share) => sum + share) / paid.length;
      const share = commands.standShare + (1 - commands.standShare) * walking;
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(config.curriculum.looseningStepping);
    },
  );
});
