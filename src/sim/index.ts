export {
  type ControlState,
  createControlState,
  createJointTargets,
  type JointTargets,
} from "./control-state.ts";
export {
  OBSERVATION_TERMS,
  ObservationGroup,
  type ObservationSlice,
  type ObservationSource,
  ObservationTerm,
} from "./mdp/observations.ts";
export { type JointGroup, type JointSpec, jointIndices, jointNames, type RobotSpec } from "./robots/robot.ts";
