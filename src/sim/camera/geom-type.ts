/** MuJoCo's numbers for the geom types that rays can meet. */
export const GEOM_TYPE = {
  plane: 0,
  heightField: 1,
  sphere: 2,
  capsule: 3,
  ellipsoid: 4,
  cylinder: 5,
  box: 6,
  mesh: 7,
} as const;
