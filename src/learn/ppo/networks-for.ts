import type { PpoConfig } from "./config.ts";
import { PpoConfigError } from "./errors.ts";
import { isMirror, type MirrorMaps } from "./mirror.ts";
import type { ActorCritic, Example } from "./networks.ts";
import type { VecEnvironment } from "./vec-environment.ts";

/**
 * The networks that a config asks for in an environment.
 *
 * @param extras what they are added to, and how the robot looks in a mirror
 * @throws PpoConfigError where config, environment and mirror contradict each other
 */
export function networksFor(
  env: VecEnvironment,
  config: PpoConfig,
  { mirror, base }: { readonly mirror?: MirrorMaps; readonly base?: Example | undefined },
): ActorCritic {
  const { actor, critic, normaliseObservations, symmetry, estimates } = config;
  const { observationSizes, actionSize } = env;
  const networks = {
    actor,
    critic,
    observationSizes,
    actionSize,
    normalisesObservations: normaliseObservations,
    estimates,
    base,
  };
  if (estimates > (actor.kind === "lstm" ? observationSizes.critic : 0))
    throw new PpoConfigError(
      `The actor (${actor.kind}) shall tell ${estimates} of ${observationSizes.critic} observations of the critic.`,
      "Let only an LSTM tell any, and no more than there are: set estimates to 0 otherwise.",
    );
  if (symmetry === "none") return networks;
  const isWhole =
    mirror !== undefined &&
    isMirror(mirror.obs, observationSizes.actor) &&
    isMirror(mirror.criticObs, observationSizes.critic) &&
    isMirror(mirror.actions, actionSize);
  if (isWhole) return { ...networks, mirror };
  throw new PpoConfigError(
    `Symmetry "${symmetry}" needs mirror maps for ${observationSizes.actor} and ${observationSizes.critic} observations and ${actionSize} actions that undo themselves.`,
    'Give them, or set symmetry to "none".',
  );
}
