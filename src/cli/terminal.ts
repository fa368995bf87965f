import { printableLines } from '../util/printable.ts'
import { redactor } from '../util/redact.ts'
import type { Redact } from '../util/redact.ts'
import { secretsIn, secretsOfEnv } from '../util/secrets-in.ts'
import type { Frame } from './frame.ts'
import { PAGE_WIDTH } from './text-layout.ts'

/** What a command may do to the outside. */
export type Terminal = Readonly<{
  /** Results: stdout. */
  print: (line: string) => void
  /** Everything about how it goes: stderr. */
  tell: (line: string) => void
  /** Whether a person watches: stderr is a terminal, and this is no CI. */
  isInteractive: boolean
  /** Of the terminal as it is at this moment. */
  size: () => Readonly<{ columns: number; rows: number }>
  /** Columns that what is printed must keep to; Infinity for a file or a pipe. */
  width: () => number
  /** Lines at the bottom that are painted over and over; whatever is printed and told meanwhile goes above. */
  openFrame: () => Promise<Frame>
  /** Why results could not be written, once all that was printed is out; null: they were, or nobody wanted them. */
  printed: () => Promise<Error | null>
}>

type Streams = Readonly<{ stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }>

/** The terminal, pipes or files that this process was started with. */
function processTerminal({ stdout, stderr }: Streams): Terminal {
  const results = new Output(stdout)
  const words = new Output(stderr)
  let frame: Frame | null = null
  const isInteractive = stderr.isTTY && process.env['CI'] === undefined && process.env['TERM'] !== 'dumb'
  const above = (write: () => void): void => {
    if (frame === null) write()
    else frame.above(write)
  }
  return {
    print: (line) => {
      const write = (): void => {
        results.write(`${line}\n`)
      }
      if (stdout.isTTY) above(write)
      else write()
    },
    tell: (line) => {
      above(() => {
        words.write(`${line}\n`)
      })
    },
    isInteractive,
    size: () => ({ columns: stderr.columns ?? PAGE_WIDTH, rows: stderr.rows ?? 24 }),
    width: () => (stdout.isTTY ? stdout.columns : Infinity),
    openFrame: async () => {
      const { openFrame } = await import('./frame.ts')
      const opened = openFrame(stderr)
      frame = opened
      return {
        ...opened,
        close: () => {
          frame = null
          opened.close()
        },
      }
    },
    printed: () => results.finished(),
  }
}

/** The terminal of a command line: nothing that is secret in its words or in the environment gets out. */
export const terminalFor = (
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  streams: Streams,
): Terminal =>
  safeTerminal(processTerminal(streams), redactor([...words.flatMap(secretsIn), ...secretsOfEnv(env)]))

/** The same terminal, to which nothing gets that is secret, or acts on the screen. */
function safeTerminal(terminal: Terminal, redact: Redact): Terminal {
  const safe = (text: string): string => printableLines(redact(text))
  return {
    ...terminal,
    print: (line) => {
      terminal.print(safe(line))
    },
    tell: (line) => {
      terminal.tell(safe(line))
    },
    openFrame: async () => {
      const frame = await terminal.openFrame()
      return {
        ...frame,
        paint: (lines) => {
          frame.paint(lines.map(safe))
        },
      }
    },
  }
}

/** A stream that may fail at any write: what is in hand goes on, and the reason is kept for the end. */
class Output {
  readonly #stream: NodeJS.WriteStream
  #failure: Error | null = null

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    stream.on('error', (error: Error) => {
      this.#failure ??= error
    })
  }

  write(text: string): void {
    if (this.#failure !== null) return
    try {
      this.#stream.write(text)
    } catch (error) {
      this.#failure = error as Error
    }
  }

  /**
   * Why not all could be written. Whoever read from a pipe and went away has seen enough (`sluice tables | head -1`):
   * that is no failure.
   */
  async finished(): Promise<Error | null> {
    if (this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#stream.write('', () => {
          resolve()
        })
      })
      // A stream says what was wrong after the call that it answers.
      await new Promise((resolve) => setImmediate(resolve))
    }
    const failure = this.#failure
    return failure !== null && 'code' in failure && failure.code === 'EPIPE' ? null : failure
  }
}
