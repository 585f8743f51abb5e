// The second door of this room: behind it lies native inference, so only the trainer process opens it.
export { trainProgramme } from "./train-programme.ts";
