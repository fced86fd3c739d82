import type { Participant } from "../dds/cyclone/participant.ts";
import { MOTION_API, MOTION_SWITCHER, SERVICE_ERROR } from "../dds/rpc/motion-switcher.ts";
import { type Answer, ServiceServer } from "../dds/rpc/service.ts";
import type { ApiRequest } from "../dds/rpc/service-topics.ts";
import type { TwinRobot } from "./twin-robot.ts";

/** Built-in controllers that can be selected; the twin has one body for all of them, which stands. */
const CONTROLLERS = ["ai", "normal", "advanced"] as const;

/** The twin's `motion_switcher` service, by which programs take the motors from the built-in controller. */
export function serveMotionSwitcher(participant: Participant, twin: TwinRobot): ServiceServer {
  return new ServiceServer(participant, MOTION_SWITCHER, (request) => answer(request, twin));
}

/** What the motion switcher of a twin answers. */
export function answer(
  { apiId, parameter }: Pick<ApiRequest, "apiId" | "parameter">,
  twin: TwinRobot,
): Answer {
  switch (apiId) {
    case MOTION_API.checkMode:
      return done({ form: "0", name: twin.motionService });
    case MOTION_API.selectMode: {
      const name = nameIn(parameter);
      if (name === undefined) return { code: SERVICE_ERROR.badParameter, data: "" };
      twin.motionService = name;
      return done();
    }
    case MOTION_API.releaseMode:
      twin.motionService = "";
      return done();
    case MOTION_API.setSilent:
      return done();
    case MOTION_API.getSilent:
      return done({ silent: false });
    default:
      return { code: SERVICE_ERROR.unknownApi, data: "" };
  }
}

function done(value?: object): Answer {
  return { code: 0, data: value === undefined ? "" : JSON.stringify(value) };
}

function nameIn(parameter: string): string | undefined {
  try {
    const { name } = JSON.parse(parameter) as { name?: unknown };
    return CONTROLLERS.find((known) => known === name);
  } catch {
    return undefined;
  }
}
