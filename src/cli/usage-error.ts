import type { Command, CommanderError } from 'commander'
import { SluiceError } from '../model/errors.ts'
import { redact } from '../util/redact.ts'

/** What commander finds wrong, as a sentence of ours; null: it has shown what was asked for (`--help`). */
export function usageError(error: CommanderError, command: Command): SluiceError | null {
  if (error.exitCode === 0) return null
  const { message } = error
  const subject = redact(/'([^']*)'/.exec(message)?.[1] ?? '')
  const guess = /\(Did you mean (.*?)\?\)/.exec(message)?.[1]
  const hint = guess === undefined ? '' : ` Did you mean "${guess}"?`
  const help = `Run "${pathOf(command)} --help" to see what there is.`
  switch (error.code) {
    case 'commander.unknownCommand':
      return usage(`There is no command "${subject}".${hint} ${help}`)
    case 'commander.unknownOption':
      return usage(`There is no option "${subject}".${hint} ${help}`)
    case 'commander.optionMissingArgument':
      return usage(`${subject.split(' ')[0]} needs a value: "${subject}". ${help}`)
    case 'commander.invalidArgument': {
      const [, option = '', value = '', choices = ''] =
        /option '(\S+).*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s.exec(message) ?? []
      return usage(`${option} "${redact(value)}" is unknown. It takes ${choices}.`)
    }
    // Called without a command: the help is on the screen already.
    case 'commander.help':
      return null
    default:
      return usage(`${redact(message.replace(/^error: /, ''))} ${help}`)
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
      throw usage(`${option.long} has no value: the next word is "${redact(value)}".`)
  }
  const left = command.args.slice(command.registeredArguments.length)
  const [word] = left
  if (word === undefined) return
  throw usage(
    left.length > 3
      ? `"${redact(word)}" and ${left.length - 1} more words are not expected here. Put "*" into quotes, or the shell replaces it by the names of files.`
      : `"${redact(word)}" is one word too many. See "${pathOf(command)} --help", and put a value that has blanks into quotes.`,
  )
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`

const usage = (message: string): SluiceError => new SluiceError('usage', message)
