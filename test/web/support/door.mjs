// A door between a browser and a house that stays at its address while the server behind it is killed
// and started anew.

import net from 'node:net'

export async function openDoor(t, house) {
    const open = new Set()
    const door = net.createServer(client => {
        const server = net.connect(new URL(house.url).port, '127.0.0.1')
        for (const [one, other] of [
            [client, server],
            [server, client],
        ]) {
            open.add(one)
            one.on('error', () => {})
            one.on('close', () => {
                open.delete(one)
                other.destroy()
            })
            one.pipe(other)
        }
    })
    await new Promise(resolve => door.listen(0, '127.0.0.1', resolve))
    t.after(() => {
        for (const socket of open) socket.destroy()
        door.close()
    })
    return { url: `http://127.0.0.1:${door.address().port}` }
}
