// The JavaScript side of the script engine: hardens the built-in objects and calls the scripts. Runs once in each
// realm, before any script.
//
// A call must not see what another one left behind. Undeclared names become properties of the global
// object, and scripts written for the app MQTT Dash add methods to `String.prototype`. Therefore the global
// object and the prototypes that scripts extend are empty fronts: their built-in properties are in a frozen
// base object, the prototype of the front, and `reset` deletes whatever a call has added to the fronts.
// Everything else is frozen.
(function (topicError, limits) {
    'use strict';
    const global = globalThis;
    const { create, defineProperty, freeze, getOwnPropertyDescriptor, getPrototypeOf, isExtensible, setPrototypeOf } =
        Object;
    const { apply, deleteProperty, ownKeys } = Reflect;
    const { slice, toWellFormed } = String.prototype;
    const { toString: sourceOf } = Function.prototype;
    const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

    // --- Slow native functions ---------------------------------------------------------------------

    // QuickJS checks the time limit after a number of steps, however long a step takes, and a native function
    // is one step. So a native function that processes something large is preceded by many small steps.
    const burnSteps = (size) => {
        for (let left = size / 32; left >= 1; left--);
    };
    const lengthOf = (value) => {
        if (typeof value === 'string') return value.length;
        return isObject(value) && typeof value !== 'function' ? +value.length || 0 : 0;
    };
    const linearCost = (self, args) => {
        let size = lengthOf(self);
        for (let at = 0; at < args.length; at++) size += lengthOf(args[at]);
        return size;
    };
    const sortCost = (self) => 8 * lengthOf(self);
    const searchCost = (self, args) => (lengthOf(self) * (lengthOf(args[0]) + 8)) / 8;
    // A result that exceeds the memory limit costs nothing: the native function fails immediately.
    const allocationCost = (size) => (size < limits.memoryBytes ? size : 0);
    const padCost = (self, args) => allocationCost(+args[0] || 0);
    const repeatCost = (self, args) => allocationCost(lengthOf(self) * args[0]);
    const guardSlow = (object, cost, keys) => {
        for (const key of keys) {
            const { value: native, ...descriptor } = getOwnPropertyDescriptor(object, key);
            const { guarded } = {
                guarded(...args) {
                    const size = cost(this, args);
                    if (size > 1024) burnSteps(size);
                    return apply(native, this, args);
                },
            };
            defineProperty(guarded, 'name', { value: native.name });
            defineProperty(object, key, { value: guarded, ...descriptor });
        }
    };
    const methodsExcept = (object, ...fast) =>
        ownKeys(object).filter((key) => typeof object[key] === 'function' && !fast.includes(key));
    const fastArrayMethods = ['constructor', 'at', 'entries', 'keys', 'pop', 'push', 'sort'];
    guardSlow(Array.prototype, linearCost, methodsExcept(Array.prototype, ...fastArrayMethods));
    guardSlow(Array.prototype, sortCost, ['sort']);
    guardSlow(Array, linearCost, ['from', 'of']);
    guardSlow(String.prototype, searchCost, ['includes', 'indexOf', 'lastIndexOf', 'replace', 'replaceAll', 'split']);
    guardSlow(String.prototype, padCost, ['padEnd', 'padStart']);
    guardSlow(String.prototype, repeatCost, ['repeat']);
    guardSlow(String.prototype, linearCost, [
        ...['concat', 'localeCompare', 'match', 'matchAll', 'normalize', 'search', 'toLocaleLowerCase'],
        ...['toLocaleUpperCase', 'toLowerCase', 'toUpperCase', 'trim', 'trimEnd', 'trimStart'],
    ]);
    guardSlow(RegExp.prototype, linearCost, ['exec', 'test']);
    guardSlow(String, (self, args) => lengthOf(args[0]?.raw), ['raw']);
    guardSlow(JSON, linearCost, ['parse', 'stringify']);
    guardSlow(global, linearCost, ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape']);
    guardSlow(global, linearCost, ['parseFloat', 'parseInt', 'unescape']);
    guardSlow(getPrototypeOf(Uint8Array.prototype), sortCost, ['sort', 'toSorted']);

    // --- Fronts and bases --------------------------------------------------------------------------

    const fronts = [];
    const frontObjects = new Set();
    // Values that are reachable only through a getter.
    const getterValues = [];
    // A setter that defines the property on the object of an assignment, unless that is the built-in object.
    const ownSetter = (key) => ({
        set(value) {
            if (isObject(this)) {
                defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
            }
        },
    }).set;
    // Returns an accessor descriptor that lets scripts override a built-in property on objects that inherit
    // it: assignment to an inherited property fails if that is read-only.
    const overridable = (object, key) => {
        const descriptor = getOwnPropertyDescriptor(object, key);
        if (!descriptor.configurable || !('value' in descriptor)) return descriptor;
        const { value, enumerable } = descriptor;
        getterValues[getterValues.length] = value;
        return {
            get() {
                return value;
            },
            set: ownSetter(key),
            enumerable,
            configurable: false,
        };
    };
    // Scripts must not freeze a front or add a property that cannot be deleted: `reset` must be able to
    // delete every property of a front.
    const isFront = (object) => frontObjects.has(object);
    const rejectChange = () => {
        throw new TypeError('this change of a built-in object is not allowed');
    };
    const rejectFronts = (object, keys) => {
        for (const key of keys) {
            const { value: native, ...descriptor } = getOwnPropertyDescriptor(object, key);
            const value = (target, ...rest) => (isFront(target) ? rejectChange() : native(target, ...rest));
            defineProperty(object, key, { value, ...descriptor });
        }
    };
    const requireConfigurable = (object) => {
        const descriptor = getOwnPropertyDescriptor(object, 'defineProperty');
        const native = descriptor.value;
        descriptor.value = (target, key, property) => {
            if (!isFront(target)) return native(target, key, property);
            const copy = { ...property };
            return copy.configurable ? native(target, key, copy) : rejectChange();
        };
        defineProperty(object, 'defineProperty', descriptor);
    };
    // Moves the properties of an object to a new base object, which becomes its prototype.
    const split = (object) => {
        const base = create(getPrototypeOf(object));
        // The number of properties that cannot be deleted and stay on the front.
        let permanentCount = 0;
        for (const key of ownKeys(object)) {
            const descriptor = overridable(object, key);
            if (deleteProperty(object, key)) {
                defineProperty(base, key, descriptor);
            } else {
                permanentCount++;
                if (descriptor.writable) defineProperty(object, key, { writable: false });
            }
        }
        setPrototypeOf(object, base);
        fronts.push({ object, base, permanentCount });
        frontObjects.add(object);
    };
    // Freezes everything that is reachable from the roots, except the fronts.
    const harden = (...roots) => {
        const reachable = new Set(roots);
        const visit = (value) => isObject(value) && reachable.add(value);
        for (const value of reachable) {
            visit(getPrototypeOf(value));
            for (const key of ownKeys(value)) {
                const descriptor = getOwnPropertyDescriptor(value, key);
                visit(descriptor.value);
                visit(descriptor.get);
                visit(descriptor.set);
            }
        }
        for (const value of reachable) if (!isFront(value)) freeze(value);
    };

    for (const name of ['Atomics', 'SharedArrayBuffer']) delete global[name];
    // These change all later errors, and show the functions that are on the stack.
    for (const name of ['captureStackTrace', 'prepareStackTrace', 'stackTraceLimit']) delete Error[name];
    for (const name of ['arguments', 'caller']) delete Function.prototype[name];
    const nativeSetters = [
        [Error.prototype, 'stack'],
        [Iterator.prototype, 'constructor'],
        [Iterator.prototype, Symbol.toStringTag],
    ];
    for (const [object, key] of nativeSetters) {
        defineProperty(object, key, { ...getOwnPropertyDescriptor(object, key), set: ownSetter(key) });
    }
    for (const object of [Object.prototype, ...ownKeys(global).map((name) => global[name]?.prototype)]) {
        if (object !== Object.prototype && !(object instanceof Error || object === Error.prototype)) continue;
        for (const key of ownKeys(object)) defineProperty(object, key, overridable(object, key));
    }
    rejectFronts(Object, ['defineProperties', 'freeze', 'preventExtensions', 'seal', 'setPrototypeOf']);
    rejectFronts(Reflect, ['preventExtensions', 'setPrototypeOf']);
    requireConfigurable(Object);
    requireConfigurable(Reflect);
    const proto = getOwnPropertyDescriptor(Object.prototype, '__proto__');
    const setProto = proto.set;
    proto.set = function (prototype) {
        return isFront(this) ? rejectChange() : apply(setProto, this, [prototype]);
    };
    defineProperty(Object.prototype, '__proto__', proto);
    // Objects whose prototypes are reachable through no property of the global object.
    const unnamedIntrinsics = [
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
    harden(global, ...getterValues.filter(isObject), ...unnamedIntrinsics);

    // --- Calls -------------------------------------------------------------------------------------

    const tiles = new Map();
    // How a changed field of a display event is converted, see `push_display_args`. Anything else becomes a text.
    const NUMBER = 1;
    const BOOL = 2;
    let call = null;
    // Thrown when the changes of the last script cannot be undone.
    const corrupted = freeze(create(null));

    const toText = (value) => {
        const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : `${value}`;
        if (text.length > limits.textLength) throw new RangeError(`a text of ${text.length} characters is too long`);
        return apply(toWellFormed, text, []);
    };
    const pushEffect = (list, effect, size) => {
        if (list.length === limits.effects) throw new RangeError(`more than ${limits.effects} requests in one call`);
        call.size += size;
        if (call.size > limits.textLength) {
            throw new RangeError(`more than ${limits.textLength} characters in one call`);
        }
        defineProperty(list, list.length, { value: effect });
    };
    const publish = (topic, payload, retained, qos) => {
        const request = [toText(topic), toText(payload), !!retained, qos === undefined ? 0 : +qos];
        const error = topicError(request[0]);
        if (error) throw new TypeError(`app.publish: invalid topic: ${error}`);
        if (request[3] !== 0 && request[3] !== 1 && request[3] !== 2) {
            throw new RangeError('app.publish: qos must be 0, 1 or 2');
        }
        pushEffect(call.publishRequests, request, request[0].length + request[1].length);
    };
    const openUri = (uri) => {
        const url = toText(uri);
        pushEffect(call.urls, url, url.length);
    };
    const app = { publish, openUri };
    const getLastPayload = () => call.lastPayload;
    const getSecondsSinceLastActivity = () => call.seconds;
    harden(app, getLastPayload, getSecondsSinceLastActivity);

    // Undoes the changes of the last call. Returns false if that is not possible.
    const reset = () => {
        call = null;
        for (let index = 0; index < fronts.length; index++) {
            const { object, base, permanentCount } = fronts[index];
            const keys = ownKeys(object);
            if (keys.length !== permanentCount) {
                for (let at = 0; at < keys.length; at++) deleteProperty(object, keys[at]);
                if (ownKeys(object).length !== permanentCount) return false;
            }
            if (getPrototypeOf(object) !== base || !isExtensible(object)) return false;
        }
        return true;
    };
    const beginCall = (id, event, fields) => {
        if (!reset()) throw corrupted;
        const tile = tiles.get(id);
        call = {
            tile,
            event,
            fields,
            publishRequests: [],
            urls: [],
            size: 0,
            originalPayload: event.payload,
            lastPayload: null,
            seconds: 0,
        };
        event.data = tile.data;
        return tile;
    };
    const runHandler = (handler) => {
        const { tile, event } = call;
        try {
            handler(app, event);
        } finally {
            tile.data = event.data;
        }
        return collectResult();
    };
    // Returns the number of effects and the result of the call. Called again after jobs have run.
    const collectResult = () => {
        const { event, fields, tile } = call;
        tile.data = event.data;
        const effectCount = call.publishRequests.length + call.urls.length;
        if (fields === 'receive') {
            return [effectCount, event.payload === call.originalPayload ? null : toText(event.payload)];
        }
        if (fields === 'tap') return [effectCount, !!event.preventDefault];
        const result = [effectCount, !!event.blink, toText(event.lastActivityString), toText(event.name)];
        // The name, the conversion and the original value of each field.
        for (let at = 0; at < fields.length; at += 3) {
            const value = event[fields[at]];
            const conversion = fields[at + 1];
            result[result.length] = conversion === BOOL ? (value === null ? null : !!value)
                : conversion === NUMBER ? +value
                : toText(value);
        }
        return result;
    };
    const receive = (id, topic, payload) => {
        const tile = beginCall(id, { topic, payload, data: undefined }, 'receive');
        return runHandler(tile.on_receive);
    };
    const display = (id, lastPayload, seconds, lastActivityString, name, blink, ...fields) => {
        const event = { data: undefined, lastActivityString, blink, name, getLastPayload, getSecondsSinceLastActivity };
        for (let at = 0; at < fields.length; at += 3) event[fields[at]] = fields[at + 2] ?? null;
        const tile = beginCall(id, event, fields);
        call.lastPayload = lastPayload ?? null;
        call.seconds = seconds;
        return runHandler(tile.on_display);
    };
    const tap = (id) => {
        const tile = beginCall(id, { data: undefined, preventDefault: false }, 'tap');
        return runHandler(tile.on_tap);
    };
    const blink = (id, val, secs) => {
        if (!reset()) throw corrupted;
        return !!(0, tiles.get(id).blink)(val, secs);
    };

    // Returns the publish requests and URLs of the last call, also if it failed, and forgets them.
    const takeEffects = () => {
        const effects = call === null ? [[], []] : [call.publishRequests, call.urls];
        call = null;
        return effects;
    };
    // Returns false if the source is more than one function, as when a script closes the function early.
    const setScript = (id, name, script, source) => {
        if (typeof script !== 'function' || apply(sourceOf, script, []) !== source) return false;
        let tile = tiles.get(id);
        if (tile === undefined) tiles.set(id, (tile = { data: undefined }));
        freeze(script);
        freeze(script.prototype);
        tile[name] = script;
        return true;
    };
    const clearData = (id) => {
        tiles.get(id).data = undefined;
    };
    const removeTile = (id) => {
        tiles.delete(id);
    };
    const truncate = (text) => apply(toWellFormed, apply(slice, text, [0, 300]), []);
    // Returns the text and the stack of an exception, or null if the runtime must be rebuilt.
    const describeException = (thrown) => {
        try {
            if (thrown === corrupted) return null;
            if (thrown instanceof Error) return [truncate(`${thrown}`), truncate(`${thrown.stack}`)];
            return [truncate(`threw ${typeof thrown === 'string' ? `'${thrown}'` : `${thrown}`}`), ''];
        } catch {
            return ['threw a value that has no text', ''];
        }
    };
    return freeze({
        collectResult,
        blink,
        clearData,
        describeException,
        display,
        removeTile,
        receive,
        setScript,
        reset,
        tap,
        takeEffects,
    });
});
