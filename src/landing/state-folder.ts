import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'

/**
 * Where landed pages wait, as an absolute path: what is given, else `SLUICE_STATE_DIR`, else the XDG state folder. What
 * is empty is not set. A leading `~` is the home folder: files of variables and units know no shell that says so.
 */
export function stateFolder(env: Readonly<Record<string, string | undefined>>, given?: string): string {
  for (const folder of [given, env['SLUICE_STATE_DIR']]) {
    if (folder !== undefined && folder !== '') return resolve(expand(folder, env))
  }
  const xdg = expand(env['XDG_STATE_HOME'] ?? '', env)
  // Its specification says of a relative path that it is to be ignored.
  return join(isAbsolute(xdg) ? xdg : join(homeOf(env), '.local', 'state'), 'sluice')
}

const expand = (folder: string, env: Readonly<Record<string, string | undefined>>): string =>
  folder === '~' || folder.startsWith('~/') ? join(homeOf(env), folder.slice(1)) : folder

function homeOf(env: Readonly<Record<string, string | undefined>>): string {
  const home = env['HOME'] ?? ''
  return resolve(isAbsolute(home) ? home : homedir())
}

/** A folder name that is the same for the same words and tells nothing about them. */
export const folderName = (...words: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 24)
