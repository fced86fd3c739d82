import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ContrappostoError, errorMessage, UnknownNameError, UsageError } from "../common/index.ts";

/** The file or folder is not there; names its neighbours that come close. */
export class FileMissingError extends UsageError {
  override readonly code = "FILE_MISSING";
}

/** The path leads to a folder where a file is needed, or the other way round. */
export class WrongFileKindError extends UsageError {
  override readonly code = "WRONG_FILE_KIND";
}

/** The operating system does not let us. */
export class FileAccessError extends ContrappostoError {
  override readonly code = "FILE_ACCESS";
}

/** No room is left on the disk; what was there before is untouched. */
export class DiskFullError extends ContrappostoError {
  override readonly code = "DISK_FULL";
}

/** Any other failure of the disk. */
export class FileSystemError extends ContrappostoError {
  override readonly code = "FILE_SYSTEM";
}

/** The bytes of a file. Throws one of the typed errors of this module. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw await fileError(error, path);
  }
}

/** The text of a UTF-8 file. */
export async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(path));
}

/** Reads a whole JSON file. Throws as `readBytes` does, and `UsageError` where it is none. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`"${path}" is not JSON: ${errorMessage(cause)}.`, "Correct it, or name another.", {
      cause,
    });
  }
}

/** All files below a folder, by slash-separated path relative to it, in sorted order. */
export async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const path of await listFiles(folder)) files.set(path, await readBytes(join(folder, path)));
  return files;
}

/** Slash-separated paths of all files below a folder, relative to it, sorted. */
async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .sort();
  } catch (error) {
    throw await fileError(error, folder);
  }
}

/**
 * Writes a file so that a reader sees the old content or the new one and never a part, also when the power fails:
 * writes beside it, flushes, renames. Makes the folders on the way.
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first failure is the one to report
    throw await fileError(error, path);
  }
}

/** Says in our words what the operating system complained of, for whoever writes a file in another way. */
export async function fileError(error: unknown, path: string): Promise<ContrappostoError> {
  const options = { cause: error };
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return new FileMissingError(`There is no file "${path}".`, await neighbours(path), options);
    case "EISDIR":
      return new WrongFileKindError(`"${path}" is a folder.`, "Name a file.", options);
    case "ENOTDIR":
    case "EEXIST":
      return new WrongFileKindError(`A part of "${path}" is a file, not a folder.`, "Correct it.", options);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new FileAccessError(`Access to "${path}" is denied.`, "Check owner and permissions.", options);
    case "ENOSPC":
    case "EDQUOT":
      return new DiskFullError(`The disk is full: "${path}" was not written.`, "Make room.", options);
    default:
      return new FileSystemError(`"${path}": ${errorMessage(error)}.`, "Check the disk.", options);
  }
}

/** A remedy that lists what the folder does hold, closest names first. */
async function neighbours(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return `The folder "${folder}" does not exist either.`;
  if (names.length === 0) return `The folder "${folder}" is empty.`;
  return new UnknownNameError("file", basename(path), names).remedy;
}
