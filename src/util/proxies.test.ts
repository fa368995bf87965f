import { expect, test } from 'vitest'
import { isLoopback, proxiesIn } from './proxies.ts'

test('the environment names proxies, in either case; empty is none', () => {
  expect(proxiesIn({})).toBeNull()
  expect(proxiesIn({ HTTPS_PROXY: '', http_proxy: ' ', NO_PROXY: '*' })).toBeNull()
  expect(
    proxiesIn({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1', no_proxy: '', NO_PROXY: 'x' }),
  ).toEqual({
    http: '',
    https: 'http://a:1/',
    except: 'x',
  })
  expect(proxiesIn({ HTTP_PROXY: 'proxy.example:3128' })).toEqual({
    http: 'http://proxy.example:3128/',
    https: 'http://proxy.example:3128/',
    except: '',
  })
})

test('an address that is none is refused, and not repeated', () => {
  for (const text of ['socks5://secret', 'http://', 'http://u:secret%@h', 'ftp://secret@h'])
    expect(() => proxiesIn({ HTTP_PROXY: text })).toThrow(
      /^The environment variable HTTP_PROXY must(?!.*secret)/,
    )
})

test('this machine has many names', () => {
  for (const host of ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.8.9.1', '::1', '[::1]'])
    expect(isLoopback(host), host).toBe(true)
  for (const host of ['localhost.example', '127.0.0.1.example', '128.0.0.1', '10.0.0.1', '::2'])
    expect(isLoopback(host), host).toBe(false)
})
