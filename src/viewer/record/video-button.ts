import { errorMessage } from "../../common/index.ts";
import { iconButton } from "../page/element.ts";
import type { Notices } from "../page/notices.ts";
import type { Viewer } from "../page/viewer.ts";
import { saveFile } from "./save-file.ts";

const FRAMES_PER_SECOND = 30;
const BITS_PER_SECOND = 8e6;

interface Running {
  end(): Promise<void>;
}

/** Begins and ends a video of the picture; the encoder is loaded when it is first wanted. */
export class VideoButton {
  readonly button: HTMLButtonElement;
  readonly #viewer: Viewer;
  readonly #canvas: HTMLCanvasElement;
  readonly #notices: Notices;
  #running: Running | undefined;
  #isBusy = false;

  constructor(viewer: Viewer, canvas: HTMLCanvasElement, notices: Notices) {
    this.#viewer = viewer;
    this.#canvas = canvas;
    this.#notices = notices;
    this.button = iconButton("video", "Video (V)", () => this.toggle());
  }

  async toggle(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      if (this.#running === undefined) this.#running = await this.#begin();
      else {
        const running = this.#running;
        this.#running = undefined;
        await running.end();
      }
    } catch (error) {
      this.#running = undefined;
      this.#notices.show("The video failed.", errorMessage(error), "problem");
    }
    this.button.classList.toggle("on", this.#running !== undefined);
    this.#isBusy = false;
  }

  async #begin(): Promise<Running> {
    const { Output, BufferTarget, Mp4OutputFormat, CanvasSource, getFirstEncodableVideoCodec } = await import(
      "mediabunny"
    );
    const format = new Mp4OutputFormat();
    const { width, height } = this.#canvas;
    const codec = await getFirstEncodableVideoCodec(format.getSupportedVideoCodecs(), { width, height });
    if (codec === null)
      throw new Error("This browser encodes no video; use a current Chrome, Edge, Safari or Firefox.");
    const target = new BufferTarget();
    const output = new Output({ format, target });
    const source = new CanvasSource(this.#canvas, { codec, bitrate: BITS_PER_SECOND });
    output.addVideoTrack(source, { frameRate: FRAMES_PER_SECOND });
    await output.start();
    let [seconds, next] = [0, 0];
    const began = this.#viewer.now();
    const add = () => {
      seconds = this.#viewer.now() - began;
      if (seconds < next) return;
      next += 1 / FRAMES_PER_SECOND;
      void source.add(seconds, 1 / FRAMES_PER_SECOND);
    };
    this.#viewer.onPicture.add(add);
    return {
      end: async () => {
        this.#viewer.onPicture.delete(add);
        await output.finalize();
        if (target.buffer !== null)
          saveFile("contrapposto.mp4", new Blob([target.buffer], { type: "video/mp4" }));
      },
    };
  }
}
