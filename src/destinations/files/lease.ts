import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { SluiceError } from '../../model/errors.ts'
import { systemClock } from '../../util/clock.ts'
import type { Clock } from '../../util/clock.ts'
import { isCode } from './disk.ts'

/** Who holds a lease. */
type Holder = Readonly<{ owner: string; host: string; pid: number; beat: number }>

export type LeaseOptions = Readonly<{
  clock: Clock
  /** How often the holder shows that it is there. */
  beatEveryMs: number
  /** A holder that has not shown itself for so long, by the clock of who waits, is gone. */
  goneAfterMs: number
}>

const OPTIONS: LeaseOptions = { clock: systemClock, beatEveryMs: 4_000, goneAfterMs: 20_000 }
const LOOK_EVERY_MS = 50

/** Owners in this process: a container that is started again often has the number of the one that was killed. */
const here = new Set<string>()

/**
 * A file that says who is changing a table: one at a time, on however many machines. It keeps others from doing work
 * in vain; that of two who believe to hold it only one can commit is up to `commit.ts`.
 */
export class Lease implements AsyncDisposable {
  readonly #file: string
  #holder: Holder
  #beating: Promise<void> = Promise.resolve()
  readonly #timer: NodeJS.Timeout

  private constructor(file: string, holder: Holder, { beatEveryMs }: LeaseOptions) {
    this.#file = file
    this.#holder = holder
    this.#timer = setInterval(() => {
      this.#beating = this.#beating.then(() => this.#beat()).catch(() => undefined)
    }, beatEveryMs)
    this.#timer.unref()
    here.add(holder.owner)
  }

  /** Waits until nobody else holds the lease; takes over from a holder that is gone. */
  static async take(
    folder: string,
    signal: AbortSignal,
    options: Partial<LeaseOptions> = {},
  ): Promise<Lease> {
    const all = { ...OPTIONS, ...options }
    const { clock, goneAfterMs } = all
    const file = join(folder, 'lease.json')
    const holder = { owner: randomUUID(), host: hostname(), pid: process.pid, beat: 0 }
    let seen = { text: '', atMs: clock.now() }
    for (;;) {
      signal.throwIfAborted()
      if (await create(file, JSON.stringify(holder))) return new Lease(file, holder, all)
      const text = await read(file)
      if (text !== seen.text) seen = { text, atMs: clock.now() }
      if (clock.now() - seen.atMs >= goneAfterMs || isDead(text)) await evict(file, text)
      else await clock.sleep(LOOK_EVERY_MS, signal)
    }
  }

  /**
   * Right before a commit.
   * @throws SluiceError when another process has taken over, because this one had stopped for too long.
   */
  async confirm(): Promise<void> {
    await this.#beating
    if (holderOf(await read(this.#file))?.owner !== this.#holder.owner) throw takenOver(this.#file)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    here.delete(this.#holder.owner)
    await this.#beating
    if (holderOf(await read(this.#file))?.owner === this.#holder.owner) await rm(this.#file, { force: true })
  }

  async #beat(): Promise<void> {
    if (holderOf(await read(this.#file))?.owner !== this.#holder.owner) return
    this.#holder = { ...this.#holder, beat: this.#holder.beat + 1 }
    const next = `${this.#file}.${this.#holder.owner}`
    await create(next, JSON.stringify(this.#holder))
    await rename(next, this.#file)
  }
}

export const takenOver = (path: string): SluiceError =>
  new SluiceError(
    'destination-in-use',
    `Another process has taken over "${path}", because this one had stopped for too long. Nothing of this batch was loaded: run the same command again.`,
  )

/** Two who find the same dead holder may both come here: who takes away a lease that is not the dead one puts it back. */
async function evict(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return
    throw error
  }
  const taken = await read(aside)
  if (taken !== text) await create(file, taken)
  await rm(aside, { force: true })
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(text)
    await handle.close()
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return ''
    throw error
  }
}

function holderOf(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder
  } catch {
    // Just being written, or by a process that died of it.
    return null
  }
}

/** A process of this machine that is not there any more need not be waited for. */
function isDead(text: string): boolean {
  const holder = holderOf(text)
  if (holder === null || holder.host !== hostname()) return false
  if (holder.pid === process.pid) return !here.has(holder.owner)
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
  }
}
