export { type DoctorFinding, examine } from "./doctor.ts";
export { type RunningGateway, startGateway } from "./gateway.ts";
export { type FileReader, type FileReaderOptions, openFileReader } from "./reader.ts";
