import type { Command, CommanderError } from 'commander'
import type { ErrorCode } from '../model/error-codes.ts'
import { SluiceError } from '../model/errors.ts'

/** What commander finds wrong, as a sentence of ours; null: it has shown what was asked for (`--help`). */
export function usageError(error: CommanderError, command: Command): SluiceError | null {
  if (error.exitCode === 0) return null
  const { message } = error
  const subject = /'(.*)'/s.exec(message)?.[1] ?? ''
  const guess = /\(Did you mean (.*?)\?\)/.exec(message)?.[1]
  const hint = guess === undefined ? '' : ` Did you mean "${guess}"?`
  const help = `Run "${pathOf(command)} --help" to see what there is.`
  switch (error.code) {
    case 'commander.unknownCommand':
      return usage('unknown-command', `There is no command "${subject}".${hint} ${help}`)
    case 'commander.unknownOption':
      return usage('unknown-option', `There is no option "${nameOf(subject)}".${hint} ${help}`)
    case 'commander.optionMissingArgument':
      return usage('missing-option', `${subject.split(' ')[0]} needs a value: "${subject}". ${help}`)
    case 'commander.invalidArgument': {
      const [, option = '', value = '', choices = ''] =
        /option '(\S+).*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s.exec(message) ?? []
      return usage('invalid-option', `${option} "${value}" is unknown. It takes ${choices}.`)
    }
    // Called without a command: the help is on the screen already.
    case 'commander.help':
      return null
    default:
      return usage('invalid-option', `${message.replace(/^error: /, '')} ${help}`)
  }
}

/**
 * Checks the words of a command before it does anything with them.
 * @throws SluiceError `usage` for an option that took the next option as its value, and for words left over
 */
export function checkWords(command: Command): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName())
    if (typeof value === 'string' && value.startsWith('--'))
      throw usage('missing-option', `${option.long} has no value: the next word is "${nameOf(value)}".`)
  }
  const left = command.args.slice(command.registeredArguments.length)
  const [word] = left
  if (word === undefined) return
  throw usage(
    'unexpected-word',
    left.length > 3
      ? `"${word}" and ${left.length - 1} more words are not expected here. Put "*" into quotes, or the shell replaces it by the names of files.`
      : `"${word}" is one word too many. See "${pathOf(command)} --help", and put a value that has blanks into quotes.`,
  )
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

/** What was typed after an unknown option is nobody's business: `--password=…`, `-k…`. */
const nameOf = (option: string): string =>
  option.startsWith('--') ? option.replace(/=.*$/s, '') : option.slice(0, 2)

const usage = (code: ErrorCode, message: string): SluiceError => new SluiceError(code, message)
