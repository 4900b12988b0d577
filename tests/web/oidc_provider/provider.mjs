// A real OpenID provider on the loopback address, with its pages for developers: any name signs in, its person is
// looked up in PEOPLE. Reads one line of JSON from standard input, {redirect, after}; says its address on one line.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import Provider from 'oidc-provider'

const PEOPLE = {
  student: { email: 'student@example.org', email_verified: true, name: 'Sam Student' },
  nieuw: { email: 'nieuw@example.org', email_verified: true, name: 'Noor Nieuw', eduperson_affiliation: ['employee'] },
  ongezien: { email: 'student@example.org', email_verified: false, name: 'Ongezien' }
}

// The end of standard input is the end of the tests: nothing is left running.
const lines = createInterface({ input: process.stdin })
lines.once('close', () => process.exit(0))
lines.once('line', (line) => {
  const { redirect, after } = JSON.parse(line)
  const server = createServer()
  server.listen(0, '127.0.0.1', () => {
    const issuer = `http://127.0.0.1:${server.address().port}`
    const provider = new Provider(issuer, {
      clients: [{
        client_id: 'estafette',
        client_secret: 'geheim van de client',
        redirect_uris: [redirect],
        post_logout_redirect_uris: [after],
        grant_types: ['authorization_code'],
        response_types: ['code']
      }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'eduperson_affiliation'] },
      pkce: { required: () => true },
      cookies: { keys: ['of the tests'] },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) })
    })
    server.on('request', provider.callback())
    console.log(issuer)
  })
})
