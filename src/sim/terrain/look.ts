/** The shared look of all worlds, for generated ones: the same elements as scenes/look.xml. */
export const LOOK = `
  <visual>
    <headlight ambient="0.34 0.35 0.38" diffuse="0.22 0.22 0.22" specular="0 0 0"/>
    <rgba haze="0.80 0.86 0.92 1"/>
    <quality shadowsize="4096" offsamples="8"/>
    <map znear="0.01" zfar="40" haze="0.4" shadowclip="2.5"/>
    <global offwidth="1920" offheight="1080" azimuth="140" elevation="-15" fovy="40"/>
  </visual>
  <statistic center="0 0 0.9" extent="2.5"/>

  <asset>
    <texture name="sky" type="skybox" builtin="gradient" rgb1="0.93 0.95 0.97" rgb2="0.42 0.58 0.78" width="512" height="3072"/>
    <texture name="ground" type="2d" builtin="checker" mark="edge" rgb1="1 1 1" rgb2="0.93 0.94 0.95" markrgb="0.80 0.82 0.84" width="512" height="512"/>
    <material name="ground" texture="ground" texuniform="true" texrepeat="1 1" rgba="0.66 0.68 0.71 1" specular="0.1" shininess="0.1" reflectance="0.06"/>
    <material name="earth" rgba="0.56 0.57 0.53 1" specular="0.05" shininess="0.1"/>
  </asset>

  <worldbody>
    <light name="sun" type="directional" pos="11.2 -9.5 20.2" dir="-0.45 0.38 -0.81" diffuse="0.72 0.70 0.66" specular="0.25 0.25 0.25" castshadow="true"/>
    <light name="fill" type="directional" pos="-4 4 5" dir="0.55 -0.45 -0.70" diffuse="0.16 0.18 0.22" specular="0 0 0" castshadow="false"/>
  </worldbody>
`;

/** Three views of a robot that stands at the origin and looks along +x; put them into a body at the ground's height. */
export const VIEWS = `
    <camera name="front" pos="3.6 0 1.15" xyaxes="0 1 0 -0.069 0 1" fovy="36"/>
    <camera name="three_quarter" pos="2.75 -2.35 1.45" xyaxes="0.6496 0.7603 0 -0.1288 0.1100 0.9855" fovy="36"/>
    <camera name="side" pos="0 -3.6 1.10" xyaxes="1 0 0 0 0.055 1" fovy="36"/>
`;
