import { expect, test } from 'vitest'
import type { AccountIdentity } from '../model/account.ts'
import { accountName } from './account-name.ts'
import type { KnownAccount } from './account-name.ts'

const asked = ({
  alias = null,
  id = null,
  key = 'a',
}: Partial<Pick<AccountIdentity, 'alias' | 'id'> & { key: string }>) =>
  ({ alias, id, key: { name: `name of ${key}`, fingerprint: key } }) satisfies AccountIdentity
const known = (name: string, ...identities: readonly string[]): KnownAccount => ({ name, identities })

test.each<readonly [string, AccountIdentity, readonly KnownAccount[], string]>([
  ['nobody is there: the id', asked({ id: 'X' }), [], 'X'],
  ['nobody is there, and no id: a name made of the key', asked({}), [], 'name of a'],
  ['nobody is there: the alias', asked({ id: 'X', alias: 'shop' }), [], 'shop'],
  ['known by its id', asked({ id: 'X' }), [known('X', 'klaviyo:X')], 'X'],
  ['another key of a known id', asked({ id: 'X', key: 'b' }), [known('X', 'klaviyo:X', 'key:a')], 'X'],
  ['known by its key', asked({}), [known('name of a', 'key:a')], 'name of a'],
  ['the key lost its scope', asked({ alias: 'shop' }), [known('shop', 'klaviyo:X', 'key:a')], 'shop'],
  ['the key got the scope', asked({ id: 'X', alias: 'shop' }), [known('shop', 'key:a')], 'shop'],
  ['another account, known to be one', asked({ id: 'Y', key: 'b' }), [known('X', 'klaviyo:X')], 'Y'],
  ['the user says that it is the same', asked({ key: 'b', alias: 'shop' }), [known('shop', 'key:a')], 'shop'],
  ['the user says that it is another', asked({ key: 'b', alias: 'two' }), [known('shop', 'key:a')], 'two'],
  ['version 1, named by id', asked({ id: 'X' }), [known('X'), known('Y')], 'X'],
  ['version 1, named by key', asked({}), [known('name of a'), known('Y')], 'name of a'],
  ['version 1, an alias', asked({ id: 'X', alias: 'shop' }), [known('shop')], 'shop'],
  ['one key at two addresses: ids count', asked({ id: 'Y' }), [known('X', 'klaviyo:X', 'key:a')], 'Y'],
])('%s', (_, identity, there, name) => {
  expect(accountName(identity, there, 'here')).toBe(name)
})

test.each<readonly [string, AccountIdentity, readonly KnownAccount[], string, RegExp]>([
  [
    'an alias added later',
    asked({ id: 'X', alias: 'shop' }),
    [known('X', 'klaviyo:X', 'key:a')],
    'renamed-account',
    /"here" carry the name "X", .*Write account=X .*rename-account --from X --to shop"/,
  ],
  [
    'an alias left out',
    asked({ id: 'X' }),
    [known('shop', 'klaviyo:X')],
    'renamed-account',
    /Write account=shop/,
  ],
  [
    'an alias added to a key without an id',
    asked({ alias: 'shop' }),
    [known('name of a', 'key:a')],
    'renamed-account',
    /--from 'name of a' --to shop/,
  ],
  [
    'an alias added in version 1',
    asked({ id: 'X', alias: 'shop' }),
    [known('X')],
    'renamed-account',
    /Write account=X/,
  ],
  [
    'an alias changed',
    asked({ id: 'X', alias: 'two' }),
    [known('shop', 'klaviyo:X')],
    'renamed-account',
    /"shop"/,
  ],
  [
    'the alias of another account',
    asked({ id: 'Y', alias: 'shop', key: 'b' }),
    [known('shop', 'klaviyo:X')],
    'taken-name',
    /name of another account/,
  ],
  [
    'another key without an id',
    asked({ key: 'b' }),
    [known('name of a', 'key:a')],
    'ambiguous-account',
    /account=name of a for the same account, account=name of b \(or/,
  ],
  [
    'no id, and accounts with ids',
    asked({ key: 'b' }),
    [known('X', 'klaviyo:X')],
    'ambiguous-account',
    /accounts:read/,
  ],
  [
    'an id, and an account without one',
    asked({ id: 'X', key: 'b' }),
    [known('name of a', 'key:a')],
    'ambiguous-account',
    /nothing but its name is known/,
  ],
  [
    'version 1, an alias left out',
    asked({ id: 'X' }),
    [known('shop'), known('two')],
    'ambiguous-account',
    /"shop", "two".*one of them/,
  ],
])('%s is refused', (_, identity, there, code, sentence) => {
  const refused = expect(() => accountName(identity, there, 'here'))
  refused.toThrow(expect.objectContaining({ code, fault: 'usage' }))
  refused.toThrow(sentence)
})
