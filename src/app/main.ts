import { runCommandLine } from "./cli.ts";
import { catalogue } from "./commands/catalogue.ts";

process.exitCode = await runCommandLine(process.argv.slice(2), catalogue);
