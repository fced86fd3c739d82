import type { Viewer } from "../page/viewer.ts";
import { saveFile } from "./save-file.ts";

/** Saves the picture as it is, without panels. */
export function saveScreenshot({ stage, view }: Viewer): void {
  const { domElement } = stage.renderer;
  // The whole canvas, whatever panels cover of it; the browser forgets a picture once it is shown.
  stage.show({ left: 0, top: 0, right: domElement.clientWidth, bottom: domElement.clientHeight });
  stage.render();
  domElement.toBlob((blob) => {
    if (blob !== null)
      saveFile(`${view?.robot.name ?? "robot"}-${view?.frame?.time.toFixed(2) ?? 0}s.png`, blob);
  }, "image/png");
}
