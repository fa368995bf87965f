import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { stateFolder } from './state-folder.ts'

const HOME = '/home/ada'
const otherwise = '/home/ada/.local/state/sluice'

test.each([
  [{}, join(homedir(), '.local/state/sluice')],
  [{ HOME }, otherwise],
  [{ HOME, SLUICE_STATE_DIR: '', XDG_STATE_HOME: '' }, otherwise],
  [{ HOME, SLUICE_STATE_DIR: '~/x' }, '/home/ada/x'],
  [{ HOME, SLUICE_STATE_DIR: '~' }, '/home/ada'],
  [{ HOME, SLUICE_STATE_DIR: '~ada/x' }, resolve('~ada/x')],
  [{ HOME, SLUICE_STATE_DIR: '/var/a/../[b]*?' }, '/var/[b]*?'],
  [{ HOME, SLUICE_STATE_DIR: 'here' }, resolve('here')],
  [{ HOME, SLUICE_STATE_DIR: 'file:x' }, resolve('file:x')],
  [{ HOME, XDG_STATE_HOME: '/state' }, '/state/sluice'],
  [{ HOME, XDG_STATE_HOME: '~/state' }, '/home/ada/state/sluice'],
  [{ HOME, XDG_STATE_HOME: 'state' }, otherwise],
  [{ HOME: '' }, join(homedir(), '.local/state/sluice')],
])('%j: %s', (env, folder) => {
  expect(stateFolder(env)).toBe(folder)
})

test('what is given comes first, unless it is empty', () => {
  const env = { HOME, SLUICE_STATE_DIR: '/state' }
  expect(stateFolder(env, '~/mine')).toBe('/home/ada/mine')
  expect(stateFolder(env, 'mine')).toBe(resolve('mine'))
  expect(stateFolder(env, '')).toBe('/state')
})
