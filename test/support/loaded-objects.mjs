// Loads everything the gateway process loads and says which shared libraries that brought in.
import "../../dist/main/index.js";

process.send(process.report.getReport().sharedObjects, () => process.disconnect());
