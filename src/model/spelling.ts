/** Options that messages speak of, as the library spells them. */
export type OptionName =
  | 'sourceUri'
  | 'sourceTable'
  | 'destUri'
  | 'destTable'
  | 'intervalStart'
  | 'intervalEnd'
  | 'incrementalStrategy'
  | 'incrementalKey'
  | 'primaryKey'
  | 'lookback'
  | 'fullRefresh'
  | 'reload'
  | 'reconcile'
  | 'flatten'
  | 'yes'
  | 'from'
  | 'to'
  | 'extractParallelism'
  | 'signal'
  | 'onEvent'
  | 'stateFolder'
  | 'env'

/**
 * How whoever reads a message writes an option, alone or with a value: `--lookback 14d` on the command line,
 * `lookback: "14d"` in a program.
 */
export type Spelling = (option: OptionName, value?: string) => string

export const optionSpelling: Spelling = (option, value) =>
  value === undefined ? option : `${option}: ${JSON.stringify(value)}`

export const flagSpelling: Spelling = (option, value) => {
  const flag = `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return value === undefined ? flag : `${flag} ${value}`
}
