// Bundles the pages for the program to carry: `node build.mjs DIRECTORY DEPFILE`. Writes files.c, which
// lists every file with its forms, files.S, which includes their bytes, and the bytes beside them, where
// the assembler looks by -I. Two builds of one tree give the same bytes.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const [directory, depfile] = process.argv.slice(2).map(path => resolve(path))
const shell = join(here, 'src/document.html')

const types = {
    '.css': 'text/css; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
}
const typeOf = name => types[name.slice(name.lastIndexOf('.'))]

async function esbuild() {
    try {
        return await import('esbuild')
    } catch {
        console.error('web: its packages are not installed; run: tools/install build')
        process.exit(1)
    }
}

const options = {
    absWorkingDir: here,
    outdir: '/a',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: ['es2020', 'chrome90', 'firefox90', 'safari14.1'],
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    // What only a browser's tools for developers ask for.
    define: { 'window.__PREACT_SIGNALS_DEVTOOLS__': 'false' },
    logLevel: 'warning',
}

// A script and a style sheet for each document, and what a script loads later; neither shares anything
// with another's that is needed to show a page, so that a fault of one document's can't break another.
async function bundle(names) {
    const { build } = await esbuild()
    const built = await Promise.all(
        names.map(name =>
            build({ ...options, entryPoints: [{ in: `src/${name}/main.tsx`, out: name }] })
        )
    )
    const assets = new Map()
    for (const { path, contents } of built.flatMap(({ outputFiles }) => outputFiles))
        assets.set(`/a/${basename(path)}`, Buffer.from(contents))
    const sources = new Set(built.flatMap(({ metafile }) => Object.keys(metafile.inputs)))
    return {
        assets: [...assets].map(([name, bytes]) => ({ name, bytes })),
        sources: [...sources].map(path => join(here, path)),
    }
}

// The one asset of a document with that ending.
function assetOf(assets, document, ending) {
    const found = assets.filter(
        ({ name }) => name.startsWith(`/a/${document}-`) && name.endsWith(ending)
    )
    if (found.length !== 1) throw new Error(`${document} has ${found.length} files ${ending}`)
    return found[0].name
}

function fill(document, assets, icon) {
    return readFileSync(shell, 'utf8')
        .replaceAll('{script}', assetOf(assets, document, '.js'))
        .replaceAll('{style}', assetOf(assets, document, '.css'))
        .replaceAll('{icon}', icon)
}

// NULL where a form saves less than a packet's head.
const worth = (form, plain) => (form.length + 64 < plain.length ? form : null)

function forms(plain) {
    const brotli = brotliCompressSync(plain, {
        params: {
            [constants.BROTLI_PARAM_QUALITY]: 11,
            [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
        },
    })
    return [plain, worth(gzipSync(plain, { level: 9 }), plain), worth(brotli, plain)]
}

const formNames = ['WEB_PLAIN', 'WEB_GZIP', 'WEB_BROTLI']

function write(files) {
    const rows = [],
        externs = [],
        // Bytes jump nowhere, and say so: one object that did not would keep the program from it.
        assembly = ['#ifdef __CET__', '#include <cet.h>', '#endif', '    .section .rodata']
    rmSync(join(directory, 'web-bytes'), { recursive: true, force: true })
    mkdirSync(join(directory, 'web-bytes'), { recursive: true })
    files.forEach(({ name, bytes }, place) => {
        const cells = forms(bytes)
            .map((form, i) => {
                if (!form) return null
                const symbol = `web_bytes_${place}_${i}`
                writeFileSync(join(directory, 'web-bytes', symbol), form)
                externs.push(`extern const uint8_t ${symbol}[];`)
                assembly.push(
                    `    .global ${symbol}`,
                    '    .balign 16',
                    `${symbol}:`,
                    `    .incbin "web-bytes/${symbol}"`,
                    '    .byte 0'
                )
                return `[${formNames[i]}] = {${symbol}, ${form.length}}`
            })
            .filter(Boolean)
        rows.push(
            `    {"${name}", "${typeOf(name)}", ${name.endsWith('.html')}, {${cells.join(', ')}}},`
        )
    })
    assembly.push('    .section .note.GNU-stack,"",@progbits', '')
    writeFileSync(join(directory, 'files.S'), assembly.join('\n'))
    writeFileSync(
        join(directory, 'files.c'),
        `#include "web/web.h"

${externs.join('\n')}

static const struct web_file files[] = {
${rows.join('\n')}
};

const struct web_file *web_files(size_t *count)
{
    *count = sizeof files / sizeof files[0];
    return files;
}
`
    )
}

// A folder with a main.tsx is a document; all have the same shell.
const names = readdirSync(join(here, 'src'))
    .filter(name => existsSync(join(here, 'src', name, 'main.tsx')))
    .sort()
const { assets, sources } = await bundle(names)
const icon = readFileSync(join(here, 'src/icon.svg'))
const iconName = `/a/icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`
const pages = names.map(name => ({
    name: `${name}.html`,
    bytes: Buffer.from(fill(name, assets, iconName)),
}))
write(
    [...pages, { name: iconName, bytes: icon }, ...assets].sort((a, b) =>
        a.name < b.name ? -1 : 1
    )
)

const inputs = [
    ...sources,
    shell,
    join(here, 'src/icon.svg'),
    join(here, 'build.mjs'),
    join(here, 'package-lock.json'),
]
writeFileSync(
    depfile,
    `${join(directory, 'files.c')} ${join(directory, 'files.S')}: ${inputs.map(path => path.replaceAll(' ', '\\ ')).join(' ')}\n`
)
