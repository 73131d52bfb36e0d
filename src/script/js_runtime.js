// What every script finds when it starts, and how it is called. Runs once, before any script.
//
// A call must not see what another one left. Undeclared names land on the global object, and old
// scripts like to add methods to `String.prototype`; so the global object and the prototypes that
// scripts extend are empty fronts: what belongs to the language lies behind each of them in a frozen
// base, and `begin` takes away whatever a call has put in front. Everything else is frozen.
(function (topicFault, most) {
    'use strict';
    const global = globalThis;
    const { create, defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf, isExtensible, setPrototypeOf } =
        Object;
    const { apply, deleteProperty, ownKeys } = Reflect;
    const { slice, toWellFormed } = String.prototype;
    const { toString: sourceOf } = Function.prototype;
    const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

    // --- What could run for long without a look at the clock ---------------------------------------

    // The clock is looked at every so many steps of a script, however long a step takes. So a step
    // that walks through something large is preceded by many small ones.
    const pay = (size) => {
        for (let left = size / 32; left >= 1; left--);
    };
    const lengthOf = (value) => {
        if (typeof value === 'string') return value.length;
        return isObject(value) && typeof value !== 'function' ? +value.length || 0 : 0;
    };
    const walk = (self, args) => {
        let size = lengthOf(self);
        for (let at = 0; at < args.length; at++) size += lengthOf(args[at]);
        return size;
    };
    const sort = (self) => 8 * lengthOf(self);
    const search = (self, args) => (lengthOf(self) * (lengthOf(args[0]) + 8)) / 8;
    // What would not fit into the memory fails at once.
    const fits = (size) => (size < most.memory ? size : 0);
    const pad = (self, args) => fits(+args[0] || 0);
    const repeat = (self, args) => fits(lengthOf(self) * args[0]);
    const slow = (object, cost, keys) => {
        for (const key of keys) {
            const { value: native, ...row } = getOwnPropertyDescriptor(object, key);
            const { guarded } = {
                guarded(...args) {
                    const size = cost(this, args);
                    if (size > 1024) pay(size);
                    return apply(native, this, args);
                },
            };
            defineProperty(guarded, 'name', { value: native.name });
            defineProperty(object, key, { value: guarded, ...row });
        }
    };
    const but = (object, ...quick) =>
        ownKeys(object).filter((key) => typeof object[key] === 'function' && !quick.includes(key));
    slow(Array.prototype, walk, but(Array.prototype, 'constructor', 'at', 'entries', 'keys', 'pop', 'push', 'sort'));
    slow(Array.prototype, sort, ['sort']);
    slow(Array, walk, ['from', 'of']);
    slow(String.prototype, search, ['includes', 'indexOf', 'lastIndexOf', 'replace', 'replaceAll', 'split']);
    slow(String.prototype, pad, ['padEnd', 'padStart']);
    slow(String.prototype, repeat, ['repeat']);
    slow(String.prototype, walk, [
        ...['concat', 'localeCompare', 'match', 'matchAll', 'normalize', 'search', 'toLocaleLowerCase'],
        ...['toLocaleUpperCase', 'toLowerCase', 'toUpperCase', 'trim', 'trimEnd', 'trimStart'],
    ]);
    slow(RegExp.prototype, walk, ['exec', 'test']);
    slow(String, (self, args) => lengthOf(args[0]?.raw), ['raw']);
    slow(JSON, walk, ['parse', 'stringify']);
    slow(global, walk, ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape']);
    slow(global, walk, ['parseFloat', 'parseInt', 'unescape']);
    slow(getPrototypeOf(Uint8Array.prototype), sort, ['sort', 'toSorted']);

    // --- Fronts and bases --------------------------------------------------------------------------

    const fronts = [];
    const inFront = new Set();
    // Values that only a getter knows.
    const held = [];
    const overridable = (object, key) => {
        const row = getOwnPropertyDescriptor(object, key);
        if (!row.configurable || !('value' in row)) return row;
        const { value, enumerable } = row;
        held[held.length] = value;
        return {
            get() {
                return value;
            },
            set(wanted) {
                if (isObject(this)) {
                    defineProperty(this, key, { value: wanted, writable: true, enumerable: true, configurable: true });
                }
            },
            enumerable,
            configurable: false,
        };
    };
    // What lies in front can always be taken away again: nothing locks it.
    const locked = (object) => inFront.has(object);
    const refuse = () => {
        throw new TypeError('what belongs to the language stays as it is');
    };
    const unlocked = (object, keys) => {
        for (const key of keys) {
            const { value: native, ...row } = getOwnPropertyDescriptor(object, key);
            const value = (target, ...rest) => (locked(target) ? refuse() : native(target, ...rest));
            defineProperty(object, key, { value, ...row });
        }
    };
    const removable = (object) => {
        const row = getOwnPropertyDescriptor(object, 'defineProperty');
        const native = row.value;
        row.value = (target, key, wanted) => {
            if (!locked(target)) return native(target, key, wanted);
            const own = { ...wanted };
            return own.configurable ? native(target, key, own) : refuse();
        };
        defineProperty(object, 'defineProperty', row);
    };
    const split = (object) => {
        const base = create(getPrototypeOf(object));
        let kept = 0;
        for (const key of ownKeys(object)) {
            const row = overridable(object, key);
            if (deleteProperty(object, key)) {
                defineProperty(base, key, row);
            } else {
                kept++;
                if (row.writable) defineProperty(object, key, { writable: false });
            }
        }
        setPrototypeOf(object, base);
        fronts.push({ object, base, kept });
        inFront.add(object);
    };
    const harden = (...roots) => {
        const seen = new Set(roots);
        const find = (value) => isObject(value) && seen.add(value);
        for (const value of seen) {
            find(getPrototypeOf(value));
            for (const key of ownKeys(value)) {
                const row = getOwnPropertyDescriptor(value, key);
                find(row.value);
                find(row.get);
                find(row.set);
            }
        }
        for (const value of seen) if (!locked(value)) freeze(value);
    };

    for (const name of ['Atomics', 'SharedArrayBuffer']) delete global[name];
    for (const object of [Object.prototype, ...ownKeys(global).map((name) => global[name]?.prototype)]) {
        if (object !== Object.prototype && !(object instanceof Error || object === Error.prototype)) continue;
        for (const key of ownKeys(object)) defineProperty(object, key, overridable(object, key));
    }
    unlocked(Object, ['defineProperties', 'freeze', 'preventExtensions', 'seal', 'setPrototypeOf']);
    unlocked(Reflect, ['preventExtensions', 'setPrototypeOf']);
    removable(Object);
    removable(Reflect);
    const proto = getOwnPropertyDescriptor(Object.prototype, '__proto__');
    const setProto = proto.set;
    proto.set = function (wanted) {
        return locked(this) ? refuse() : apply(setProto, this, [wanted]);
    };
    defineProperty(Object.prototype, '__proto__', proto);
    const hidden = [
        (function* () {})(),
        function* () {},
        async function () {},
        async function* () {},
        (async function* () {})(),
        [].values(),
        [].values().map((x) => x),
        ''[Symbol.iterator](),
        'a'.matchAll(/a/g),
        new Map().entries(),
        new Set().values(),
        Iterator.from({ next() {} }),
        (function () { return arguments; })(),
    ];
    for (const object of [
        Function.prototype,
        Array.prototype,
        String.prototype,
        Number.prototype,
        Date.prototype,
        Math,
        global,
    ]) {
        split(object);
    }
    harden(global, ...held.filter(isObject), ...hidden);

    // --- Calls -------------------------------------------------------------------------------------

    const tiles = new Map();
    const looks = [['text', 'textColor'], ['on', 'iconColor'], ['progress', 'progressColor', 'text'], ['url'], ['color']];
    let now = null;
    const spoiled = freeze(create(null));

    const text = (value) => {
        const wanted = typeof value === 'string' ? value : value === null || value === undefined ? '' : `${value}`;
        if (wanted.length > most.text) throw new RangeError(`a text of ${wanted.length} characters is too long`);
        return apply(toWellFormed, wanted, []);
    };
    const spend = (list, wanted, size) => {
        if (list.length === most.orders) throw new RangeError(`more than ${most.orders} in one call`);
        now.size += size;
        if (now.size > most.text) throw new RangeError(`more than ${most.text} characters in one call`);
        defineProperty(list, list.length, { value: wanted });
    };
    const publish = (topic, payload, retained, qos) => {
        const order = [text(topic), text(payload), !!retained, qos === undefined ? 0 : +qos];
        const wrong = topicFault(order[0]);
        if (wrong) throw new TypeError(`app.publish: the topic is wrong: ${wrong}`);
        if (order[3] !== 0 && order[3] !== 1 && order[3] !== 2) throw new RangeError('app.publish: qos is 0, 1 or 2');
        spend(now.orders, order, order[0].length + order[1].length);
    };
    const openUri = (uri) => {
        const wanted = text(uri);
        spend(now.links, wanted, wanted.length);
    };
    const app = { publish, openUri };
    const getLastPayload = () => now.last;
    const getSecondsSinceLastActivity = () => now.seconds;
    harden(app, getLastPayload, getSecondsSinceLastActivity);

    // Whether the realm is as it was before the last call.
    const sweep = () => {
        now = null;
        for (let index = 0; index < fronts.length; index++) {
            const { object, base, kept } = fronts[index];
            const keys = ownKeys(object);
            if (keys.length !== kept) {
                for (let at = 0; at < keys.length; at++) deleteProperty(object, keys[at]);
                if (ownKeys(object).length !== kept) return false;
            }
            if (getPrototypeOf(object) !== base || !isExtensible(object)) return false;
        }
        return true;
    };
    const begin = (id, event, fields) => {
        if (!sweep()) throw spoiled;
        const tile = tiles.get(id);
        now = { tile, event, fields, orders: [], links: [], size: 0, before: event.payload, last: null, seconds: 0 };
        event.data = tile.data;
        return tile;
    };
    const run = (handler) => {
        const { tile, event } = now;
        try {
            handler(app, event);
        } finally {
            tile.data = event.data;
        }
        return answer();
    };
    // How many wishes there are, and what the call has come to; asked again when jobs have run after it.
    const answer = () => {
        const { event, fields, tile } = now;
        tile.data = event.data;
        const asked = now.orders.length + now.links.length;
        if (fields === 'receive') return [asked, event.payload === now.before ? null : text(event.payload)];
        if (fields === 'tap') return [asked, !!event.preventDefault];
        const all = [asked, !!event.blink, text(event.lastActivityString), text(event.name)];
        for (let at = 0; at < fields.length; at++) {
            const value = event[fields[at]];
            all[at + 4] = fields[at] === 'on' ? (value === null ? null : !!value)
                : fields[at] === 'progress' ? +value
                : text(value);
        }
        return all;
    };
    const receive = (id, topic, payload) => {
        const tile = begin(id, { topic, payload, data: undefined }, 'receive');
        return run(tile.on_receive);
    };
    const display = (id, look, last, seconds, lastActivityString, name, blink, ...values) => {
        const event = { data: undefined, lastActivityString, blink, name, getLastPayload, getSecondsSinceLastActivity };
        const fields = looks[look];
        for (let at = 0; at < fields.length; at++) event[fields[at]] = values[at] ?? null;
        const tile = begin(id, event, fields);
        now.last = last ?? null;
        now.seconds = seconds;
        return run(tile.on_display);
    };
    const tap = (id) => {
        const tile = begin(id, { data: undefined, preventDefault: false }, 'tap');
        return run(tile.on_tap);
    };
    const blink = (id, val, secs) => {
        if (!sweep()) throw spoiled;
        return !!(0, tiles.get(id).blink)(val, secs);
    };

    // What app was asked for, whether or not the call came to its end; told once.
    const wishes = () => {
        const told = now === null ? [[], []] : [now.orders, now.links];
        now = null;
        return told;
    };
    // Whether the script is one function, and not one that ends early and has more behind it.
    const set = (id, name, script, source) => {
        if (typeof script !== 'function' || apply(sourceOf, script, []) !== source) return false;
        let tile = tiles.get(id);
        if (tile === undefined) tiles.set(id, (tile = { data: undefined }));
        freeze(script);
        freeze(script.prototype);
        tile[name] = script;
        return true;
    };
    const clear = (id) => {
        tiles.get(id).data = undefined;
    };
    const forget = (id) => {
        tiles.delete(id);
    };
    const short = (long) => apply(toWellFormed, apply(slice, long, [0, 300]), []);
    // What was thrown, in words, and the stack at that place; null when the realm cannot go on.
    const describe = (thrown) => {
        try {
            if (thrown === spoiled) return null;
            if (!(thrown instanceof Error)) return [short(`threw ${typeof thrown === 'string' ? `'${thrown}'` : `${thrown}`}`), ''];
            return [short(`${thrown}`), short(`${thrown.stack}`)];
        } catch {
            return ['threw something that has no text', ''];
        }
    };
    return freeze({ answer, blink, clear, describe, display, forget, receive, set, sweep, tap, wishes });
});
