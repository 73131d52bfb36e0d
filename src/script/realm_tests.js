// Walks through everything that a script can reach, and returns a line for each finding: `function`, with the path
// of a function; `setter`, of a native setter; `writable`, of an object that a script can change for later calls.
const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
const isNative = (value) => /\[native code\]\s*\}$/.test(Function.prototype.toString.call(value));
let nativeError;
try { null.x } catch (error) { nativeError = error }
// Values of the syntax and of calls. They are new in each call, what they inherit is not.
const samples = {
    array: [], regExp: /a/, object: {}, string: Object(''), number: Object(0), bool: Object(true), symbol: Object(Symbol()),
    arrow: () => 1, method: { method() {} }.method, func: function () {}, generator: function* () {}, cls: class {},
    asyncFunc: async function () {}, asyncArrow: async () => 1, asyncGenerator: async function* () {}, date: new Date(),
    promise: (async () => 1)(),
    imported: import('x').catch(() => 0), error: new Error('x'), nativeError, aggregate: new AggregateError([]),
    arrayIterator: [].values(), stringIterator: ''[Symbol.iterator](), matches: 'a'.matchAll(/a/g),
    mapIterator: new Map().entries(), setIterator: new Set().values(), wrapped: Iterator.from({ next() {} }),
    helper: [].values().map((x) => x), template: ((x) => x)`a`, sloppyArguments: (function () { return arguments; })(),
    strictArguments: (function () { 'use strict'; return arguments; })(), match: /a/d.exec('a'), bound: (() => 1).bind(),
    descriptor: Object.getOwnPropertyDescriptor(Object.prototype, '__proto__'), grouped: Object.groupBy([], (x) => x),
};
Object.assign(samples, { generated: samples.generator(), asyncGenerated: samples.asyncGenerator() });
const isNew = new Set([samples, event, arguments, ...Object.values(samples), samples.sloppyArguments.callee]);
for (const value of isNew) if (isObject(value.prototype)) isNew.add(value.prototype);
for (const value of [samples.aggregate.errors, samples.match.indices, samples.match.indices[0]]) isNew.add(value);
// `reset` deletes whatever a script has added to these.
const fronts = new Set([globalThis, Math]);
for (const constructor of [Array, Date, Function, Number, String]) fronts.add(constructor.prototype);
const paths = new Map([[globalThis, 'global'], [app, 'app'], [event, 'event'], [arguments, 'arguments'], [samples, 'syntax']]);
const lines = [];
const visit = (value, path) => { if (isObject(value) && !paths.has(value)) paths.set(value, path); };
for (const [holder, path] of paths) {
    const isFront = fronts.has(holder);
    // The accessors of `overridable` are not native.
    const isOverride = typeof holder === 'function' && path.endsWith('et]]') && !isNative(holder);
    if (typeof holder === 'function' && !isNew.has(holder) && !isOverride) lines.push(`function ${path}`);
    if (!isNew.has(holder) && !isFront && !Object.isFrozen(holder)) lines.push(`writable ${path}`);
    visit(Object.getPrototypeOf(holder), `${path}.[[Prototype]]`);
    for (const key of Reflect.ownKeys(holder)) {
        const name = `${path}.${String(key)}`;
        const descriptor = Object.getOwnPropertyDescriptor(holder, key);
        if (isFront && (descriptor.configurable || descriptor.writable)) lines.push(`writable ${name}`);
        if (descriptor.set && isNative(descriptor.set) && !isNew.has(holder)) lines.push(`setter ${name}`);
        visit(descriptor.value, name);
        if (descriptor.get) try { visit(holder[key], name) } catch (error) { isNew.add(error); visit(error, `${name}.[[Error]]`) }
        visit(descriptor.get, `${name}.[[Get]]`);
        visit(descriptor.set, `${name}.[[Set]]`);
    }
}
report(lines.join('\n'));
