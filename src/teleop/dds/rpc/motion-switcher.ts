/** The service that hands the motors to a built-in controller or to us. */
export const MOTION_SWITCHER = "motion_switcher";

/** Its procedures. */
export const MOTION_API = {
  checkMode: 1001,
  selectMode: 1002,
  releaseMode: 1003,
  setSilent: 1004,
  getSilent: 1005,
} as const;

/** Error codes that it and every service answer. */
export const SERVICE_ERROR = { badParameter: 7004, unknownApi: 3203 } as const;
