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
    const { apply, construct, deleteProperty, ownKeys } = Reflect;
    const { isArray, prototype: listPrototype } = Array;
    const { prototype: objectPrototype } = Object;
    // Scripts can replace these for the rest of a call.
    const { every, join, map } = Array.prototype;
    const { replace, slice, toWellFormed } = String.prototype;
    const { toString: sourceOf } = Function.prototype;
    const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

    // --- Slow native functions ---------------------------------------------------------------------

    // QuickJS checks the time limit after a number of steps, however long a step takes, and a native function
    // is one step. So a native function that processes something large is preceded by many small steps.
    const burnSteps = (size) => {
        for (let left = size / 32; left >= 1; left--);
    };
    // Reads no getter of a script: it must not notice that its arguments are measured.
    const lengthOf = (value) => {
        if (typeof value === 'string') return value.length;
        if (!isObject(value) || typeof value === 'function') return 0;
        return +getOwnPropertyDescriptor(value, 'length')?.value || 0;
    };
    const linearCost = (self, args) => {
        let size = lengthOf(self);
        for (let at = 0; at < args.length; at++) size += lengthOf(args[at]);
        return size;
    };
    // The elements of an array may be the same large text, which each comparison reads.
    const sortCost = (self) => {
        const length = lengthOf(self);
        let size = 8 * length;
        for (let at = 0; at < length && isArray(self); at++) {
            const element = getOwnPropertyDescriptor(self, at)?.value;
            if (isArray(element)) size += 8 * element.length;
            else size += lengthOf(element);
        }
        return size;
    };
    const findCost = (self, args) => lengthOf(self) * (1 + (typeof args[0] === 'string' ? args[0].length / 8 : 0));
    // Combining marks are sorted by insertion.
    const normalizeCost = (self) => lengthOf(self) ** 2 / 16;
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
                    const result = apply(native, this, args);
                    // The result may be much larger than the arguments: that of `[text, text].join()`.
                    const resultSize = lengthOf(result);
                    if (resultSize > 1024) burnSteps(resultSize);
                    return result;
                },
            };
            defineProperty(guarded, 'name', { value: native.name });
            defineProperty(object, key, { value: guarded, ...descriptor });
        }
    };
    const methodsExcept = (object, ...fast) =>
        ownKeys(object).filter((key) => typeof object[key] === 'function' && !fast.includes(key));
    const fastArrayMethods = ['constructor', 'at', 'entries', 'keys', 'pop', 'push', 'sort', 'toSorted'];
    const findMethods = ['includes', 'indexOf', 'lastIndexOf'];
    guardSlow(Array.prototype, linearCost, methodsExcept(Array.prototype, ...fastArrayMethods, ...findMethods));
    guardSlow(Array.prototype, sortCost, ['sort', 'toSorted']);
    guardSlow(Array.prototype, findCost, findMethods);
    guardSlow(Array, linearCost, ['from', 'of']);
    guardSlow(String.prototype, searchCost, ['includes', 'indexOf', 'lastIndexOf', 'replace', 'replaceAll', 'split']);
    guardSlow(String.prototype, normalizeCost, ['normalize']);
    guardSlow(String.prototype, padCost, ['padEnd', 'padStart']);
    guardSlow(String.prototype, repeatCost, ['repeat']);
    const fastTextMethods = ['at', 'charAt', 'charCodeAt', 'codePointAt', 'constructor', 'toString', 'valueOf'];
    const guardedTextMethods = [
        ...['includes', 'indexOf', 'lastIndexOf', 'match', 'matchAll', 'normalize', 'padEnd', 'padStart', 'repeat'],
        ...['replace', 'replaceAll', 'search', 'split'],
    ];
    const otherTextMethods = methodsExcept(String.prototype, ...fastTextMethods, ...guardedTextMethods);
    guardSlow(String.prototype, linearCost, otherTextMethods);
    // A text is compiled to a regular expression.
    for (const key of ['match', 'matchAll', 'search']) {
        const cost = (self, args) => {
            const pattern = args[0];
            if (pattern !== undefined && !(isObject(pattern) && Symbol[key] in pattern)) {
                args[0] = guardPattern(`${pattern}`);
            }
            return lengthOf(self);
        };
        guardSlow(String.prototype, cost, [key]);
    }
    guardSlow(RegExp.prototype, linearCost, ['exec', 'test']);
    guardSlow(String, (self, args) => lengthOf(args[0]?.raw), ['raw']);
    // An array that contains another one twice, which contains a third one twice, is small but has a long text. The
    // replacer makes a step of each value.
    const { parse, stringify } = JSON;
    JSON.stringify = { stringify(value, replacer, space) {
        if (typeof replacer === 'function') return stringify(value, replacer, space);
        const text = stringify(value, (key, member) => member, space);
        return isArray(replacer) && text !== undefined ? stringify(parse(text), replacer, space) : text;
    } }.stringify;
    guardSlow(JSON, linearCost, ['parse', 'stringify']);
    const flatten = (list, depth, result) => {
        const length = +list.length || 0;
        for (let at = 0; at < length; at++) {
            if (!(at in list)) continue;
            const value = list[at];
            if (depth >= 1 && isArray(value)) flatten(value, depth - 1, result);
            else {
                const property = { value, writable: true, enumerable: true, configurable: true };
                defineProperty(result, result.length, property);
            }
        }
        return result;
    };
    const flat = { flat(depth = 1) {
        return flatten(Object(this), +depth, []);
    } };
    defineProperty(Array.prototype, 'flat', { ...getOwnPropertyDescriptor(Array.prototype, 'flat'), value: flat.flat });
    guardSlow(global, linearCost, ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape']);
    guardSlow(global, linearCost, ['isFinite', 'isNaN', 'parseFloat', 'parseInt', 'unescape']);
    guardSlow(Number, linearCost, ['parseFloat', 'parseInt']);
    // Exact to hundreds of digits.
    guardSlow(Number.prototype, () => 2048, ['toExponential', 'toFixed', 'toPrecision', 'toString']);
    const propertiesCost = (self, args) => 16 * linearCost(undefined, args);
    guardSlow(Object, propertiesCost, methodsExcept(Object, 'constructor', 'create', 'getPrototypeOf', 'is', 'prototype'));
    guardSlow(Reflect, propertiesCost, ['ownKeys']);

    // --- Compiling ---------------------------------------------------------------------------------

    // Compiling cannot be interrupted, and neither can arithmetic with BigInt: there is no literal of that type. A class
    // of characters by Unicode property takes a millisecond to compile.
    const bigIntLiteral = /(?<![\w$])(0[xXoObB][\da-fA-F_]+|\d[\d_]*)n(?![\w$])/g;
    const property = /\\([pP])\{/g;
    // `@` is a syntax error there, except in a text or a comment, or in a regular expression that has no such classes.
    const mask = (source) => apply(replace, apply(replace, source, [bigIntLiteral, '$1@']), [property, '\\$1@']);
    const rejectUnavailable = (native, sources) => {
        const masked = apply(map, sources, [mask]);
        if (apply(every, masked, [(source, at) => source === sources[at]])) return;
        construct(native, sources);
        try {
            construct(native, masked);
        } catch {
            throw new SyntaxError(unavailable);
        }
    };
    const unavailable = 'BigInt and \\p{…} are not available';
    const limitLength = (length, maximum) => {
        if (length > maximum) throw new RangeError(`a source of ${length} characters is too long`);
    };
    // Replaces a constructor by one that checks its arguments.
    const guardConstructor = (native, parent, checkArgs) => {
        const guarded = function (...args) {
            const checked = checkArgs(args);
            return new.target === undefined ? apply(native, undefined, checked)
                : construct(native, checked, new.target === guarded ? native : new.target);
        };
        for (const key of ownKeys(native)) {
            const descriptor = getOwnPropertyDescriptor(native, key);
            if (key === 'prototype') guarded.prototype = native.prototype;
            else defineProperty(guarded, key, descriptor);
        }
        setPrototypeOf(guarded, parent);
        const { prototype } = native;
        defineProperty(prototype, 'constructor', { ...getOwnPropertyDescriptor(prototype, 'constructor'), value: guarded });
        return guarded;
    };
    const NativeFunction = Function;
    const guardFunctions = (native, parent) => guardConstructor(native, parent, (args) => {
        const sources = apply(map, args, [(source) => `${source}`]);
        limitLength(apply(join, sources, []).length, limits.sourceLength);
        rejectUnavailable(native, sources);
        return sources;
    });
    const guardPattern = (pattern) => {
        limitLength(lengthOf(pattern), limits.patternLength);
        burnSteps(512 * lengthOf(pattern));
        return pattern;
    };
    delete RegExp.prototype.compile;
    delete RegExp.escape;
    global.RegExp = guardConstructor(RegExp, Function.prototype, (args) => {
        const given = args[0];
        const isPattern = isObject(given) && Symbol.match in given;
        const source = isPattern ? given.source : given;
        const pattern = guardPattern(source === undefined ? '' : `${source}`);
        const flags = args[1] === undefined ? (isPattern ? given.flags : '') : args[1];
        const checked = [pattern, `${flags}`];
        const hasProperty = apply(replace, pattern, [property, '']) !== pattern;
        if (hasProperty && apply(replace, checked[1], [/[uv]/, '']) !== checked[1]) throw new SyntaxError(unavailable);
        return checked;
    });
    global.Function = guardFunctions(Function, Function.prototype);
    for (const sample of [function* () {}, async function () {}, async function* () {}]) {
        guardFunctions(getPrototypeOf(sample).constructor, global.Function);
    }
    // Sees the global scope and the arguments of the running script, not its variables.
    const nativeEval = global.eval;
    const evaluate = (source) => {
        if (typeof source !== 'string') return source;
        limitLength(source.length, limits.sourceLength);
        rejectUnavailable(NativeFunction, [source]);
        if (call !== null) {
            defineProperty(global, 'app', { value: app, writable: true, configurable: true });
            defineProperty(global, 'event', { value: call.event, writable: true, configurable: true });
        }
        return nativeEval(source);
    };
    defineProperty(global, 'eval', { ...getOwnPropertyDescriptor(global, 'eval'), value: evaluate });
    delete global.BigInt;

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

    const toText = (value, maximum = limits.textLength) => {
        const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : `${value}`;
        if (text.length > maximum) throw new RangeError(`a text of ${text.length} characters is too long`);
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
        const toShownText = (value) => toText(value, limits.shownLength);
        const result = [effectCount, !!event.blink, toShownText(event.lastActivityString), toShownText(event.name)];
        // The name, the conversion and the original value of each field.
        for (let at = 0; at < fields.length; at += 3) {
            const value = event[fields[at]];
            const conversion = fields[at + 1];
            result[result.length] = conversion === BOOL ? (value === null ? null : !!value)
                : conversion === NUMBER ? +value
                : toShownText(value);
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

    // The value of statements is that of the last one, as a direct call of the native `eval` defines it. The statements
    // find the guarded `eval` under that name.
    const runStatements = NativeFunction('eval', 'guarded', 'val', 'secs', 'text', 'return eval(text, eval = guarded)');

    // Returns the publish requests and URLs of the last call, also if it failed, and forgets them.
    const takeEffects = () => {
        const effects = call === null ? [[], []] : [call.publishRequests, call.urls];
        call = null;
        return effects;
    };
    const tileOf = (id) => {
        let tile = tiles.get(id);
        if (tile === undefined) tiles.set(id, (tile = { data: undefined }));
        return tile;
    };
    // Returns false if the source is more than one function, as when a script closes the function early.
    const setScript = (id, name, script, source) => {
        if (typeof script !== 'function' || apply(sourceOf, script, []) !== source) return false;
        freeze(script);
        freeze(script.prototype);
        tileOf(id)[name] = script;
        return true;
    };
    // Installs statements instead of a function. They were compiled before, so they are no more than that.
    const setStatements = (id, name, text) => {
        tileOf(id)[name] = (val, secs) => runStatements(nativeEval, evaluate, val, secs, text);
    };
    // Returns the data of a tile as JSON if it consists of a few plain values. Returns null for any other, which another
    // process could not go on with, and undefined if there is none.
    const plainData = (id) => {
        const { data } = tiles.get(id);
        if (data === undefined) return undefined;
        let left = limits.savedLength / 4;
        const isPlain = (value) => {
            left--;
            if (left < 0) return false;
            if (value === null || typeof value === 'boolean') return true;
            if (typeof value === 'number') return value - value === 0;
            if (typeof value === 'string') return (left -= value.length / 4) >= 0;
            const isList = isArray(value);
            if (!isObject(value) || typeof value === 'function') return false;
            if (getPrototypeOf(value) !== (isList ? listPrototype : objectPrototype)) return false;
            if (isList && value.length > left) return false;
            const keys = ownKeys(value);
            if (isList && keys.length !== value.length + 1) return false;
            for (let at = 0; at < keys.length; at++) {
                const property = getOwnPropertyDescriptor(value, keys[at]);
                if (typeof keys[at] !== 'string' || !('value' in property)) return false;
                if (isList && keys[at] === 'length') continue;
                if (!property.enumerable || !isPlain(keys[at]) || !isPlain(property.value)) return false;
            }
            return true;
        };
        const text = isPlain(data) ? stringify(data) : null;
        return typeof text === 'string' && text.length <= limits.savedLength ? text : null;
    };
    // Restores what `plainData` has returned.
    const setData = (id, text) => {
        tileOf(id).data = parse(text);
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
        plainData,
        removeTile,
        receive,
        setData,
        setScript,
        setStatements,
        reset,
        tap,
        takeEffects,
    });
});
