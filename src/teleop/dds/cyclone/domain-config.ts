import { z } from "zod";

/** Which DDS network to join. */
export const DdsNetwork = z.strictObject({
  domain: z
    .int()
    .min(0)
    .max(230)
    .default(1)
    .describe("DDS domain: 0 is the real robot's, 1 by convention a simulator's"),
  interface: z
    .string()
    .regex(/^[\w.:@-]+$/)
    .default("lo")
    .describe("network interface, such as lo or eth0; never another one"),
});
export type DdsNetwork = z.infer<typeof DdsNetwork>;

/**
 * Cyclone's configuration for one interface, as Unitree's SDK writes it. Loopback rarely has multicast; participants
 * then find each other one by one, and Cyclone looks for 9 a domain unless told otherwise.
 */
export function domainConfig(network: DdsNetwork): string {
  return `<CycloneDDS><Domain Id="any">
  <General><Interfaces><NetworkInterface name="${network.interface}" priority="default" multicast="default"/></Interfaces></General>
  <Discovery><MaxAutoParticipantIndex>${MAX_PARTICIPANTS}</MaxAutoParticipantIndex></Discovery>
</Domain></CycloneDDS>`;
}

const MAX_PARTICIPANTS = 40;
