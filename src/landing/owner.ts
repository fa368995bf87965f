import { randomUUID } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { isThere, thisProcess } from './process-place.ts'
import type { ProcessPlace } from './process-place.ts'

/** How often an owner shows that it lives, and after what silence one that nobody here can look for has gone. */
export type Heartbeat = Readonly<{ everyMs: number; goneAfterMs: number }>

export const HEARTBEAT: Heartbeat = { everyMs: 2_000, goneAfterMs: 20_000 }

/**
 * A file that says which process something belongs to, and that it lives: the file is written again and again. What is
 * beside it may be deleted, or taken over, once `isHeld` says no, from whatever process, container or host.
 */
export class Owner implements AsyncDisposable {
  readonly #handle: FileHandle
  readonly #text: string
  readonly #timer: NodeJS.Timeout
  #beating: Promise<unknown> = Promise.resolve()

  private constructor(handle: FileHandle, text: string, { everyMs }: Heartbeat) {
    this.#handle = handle
    this.#text = text
    this.#timer = setInterval(() => {
      this.#beating = this.#beating.then(() => this.#beat()).catch(() => undefined)
    }, everyMs).unref()
  }

  /** @param file must not be there yet */
  static async write(file: string, heartbeat: Heartbeat = HEARTBEAT): Promise<Owner> {
    const text = JSON.stringify({ ...(await thisProcess()), token: randomUUID() })
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      return new Owner(handle, text, heartbeat)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** The time of the file system, which is the clock of all who see the file. */
  async nowMs(): Promise<number> {
    await this.#beat()
    return (await this.#handle.stat()).mtimeMs
  }

  /** Whether a file of this path is the one that was written here. */
  async isAt(path: string): Promise<boolean> {
    const [there, own] = await Promise.all([stat(path).catch(() => null), this.#handle.stat()])
    return there?.ino === own.ino && there.dev === own.dev
  }

  /** Ends the signs of life; the file stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#beating
    await this.#handle.close()
  }

  /** By the handle: what has taken the file's name meanwhile is not touched. */
  async #beat(): Promise<void> {
    await this.#handle.write(this.#text, 0)
    await this.#handle.datasync()
  }
}

/**
 * What is known of an owner: it lives (`pid` where this process can see it, else it is in another container or on
 * another host); it has gone; or it was last seen too long ago.
 */
export type Holder = Readonly<
  { state: 'alive'; pid: number | null } | { state: 'gone' } | { state: 'silent'; seenAtMs: number }
>

/**
 * Looks for the owner that a file speaks of.
 * @param nowMs by the file system's clock
 */
export async function holderOf(file: string, nowMs: number, goneAfterMs: number): Promise<Holder> {
  const [text, stats] = await Promise.all([
    readFile(file, 'utf8').catch(() => null),
    stat(file).catch(() => null),
  ])
  if (text === null || stats === null) return { state: 'gone' }
  const place = parsePlace(text)
  const there = place === null ? null : await isThere(place)
  if (there === false) return { state: 'gone' }
  if (there === true) return { state: 'alive', pid: place?.pid ?? null }
  const seenAtMs = stats.mtimeMs
  return nowMs - seenAtMs < goneAfterMs ? { state: 'alive', pid: null } : { state: 'silent', seenAtMs }
}

/** Null: nothing that this version has written whole. */
function parsePlace(text: string): ProcessPlace | null {
  try {
    const { space, pid, started } = JSON.parse(text) as Partial<ProcessPlace>
    return typeof space === 'string' && typeof pid === 'number' && typeof started === 'string'
      ? { space, pid, started }
      : null
  } catch {
    return null
  }
}
