/** What a command may do to the outside. */
export type Terminal = Readonly<{
  /** Results: stdout. */
  print: (line: string) => void
  /** Everything about how it goes: stderr. */
  tell: (line: string) => void
  isInteractive: boolean
  width: number
}>

export const processTerminal = (): Terminal => ({
  print: (line) => {
    process.stdout.write(`${line}\n`)
  },
  tell: (line) => {
    process.stderr.write(`${line}\n`)
  },
  isInteractive: process.stderr.isTTY && process.env['CI'] === undefined,
  width: process.stderr.columns ?? 120,
})
