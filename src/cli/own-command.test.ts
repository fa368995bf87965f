import { expect, test } from 'vitest'
import { ownCommand, shellWord } from './own-command.ts'

test.for([
  ['/usr/local/bin/sluice', '/home/me', {}, 'sluice'],
  ['/home/me/app/node_modules/.bin/sluice', '/home/me/app', {}, 'sluice'],
  ['/home/me/.npm/_npx/1a/node_modules/.bin/sluice', '/home/me', { npm_command: 'exec' }, 'npx sluice'],
  ['/lib/node_modules/sluice/dist/bin.js', '/home/me', {}, 'sluice'],
  ['/home/me/sluice/dist/bin.js', '/home/me/sluice', {}, 'node dist/bin.js'],
  ['/home/me/sluice/dist/bin.js', '/home/me/sluice', { npm_command: 'run-script' }, 'node dist/bin.js'],
  ['/home/me/sluice/dist/bin.js', '/home/me', {}, 'node sluice/dist/bin.js'],
  ['/home/me/sluice/dist/bin.js', '/tmp', {}, 'node /home/me/sluice/dist/bin.js'],
  ["/home/me/it's mine/dist/bin.js", '/tmp', {}, String.raw`node '/home/me/it'\''s mine/dist/bin.js'`],
] as const)('%s, called from %s %j: %s', ([script, cwd, env, command]) => {
  expect(ownCommand(script, cwd, env)).toBe(command)
})

test('a word that a shell would take apart is quoted', () => {
  expect(['a-b/c.js', 'a b', '$HOME', ''].map(shellWord)).toEqual(['a-b/c.js', "'a b'", "'$HOME'", "''"])
})
