import { Random } from "../../src/contracts/random.ts";
import { GraphPiece } from "../../src/training/onnx/graph-piece.ts";

// ViT-B/32 of CLIP. @see github.com/openai/CLIP, clip/model.py, VisionTransformer
const side = 224;
const patch = 32;
const width = 768;
const layers = 12;
const heads = 12;
const hidden = 3072;
const tokens = (side / patch) ** 2 + 1;
export const clipWidth = 512;

/**
 * The image encoder of CLIP ViT-B/32 as the catalogue's file is: same shapes, same operators, linear layers in dynamic
 * int8. Its weights are random, and all twelve layers share one set of them, so that the file is 20 MB and not 350:
 * it costs what the real one costs and knows nothing.
 */
export function clipModel(seed: number): Uint8Array {
  const graph = new GraphPiece();
  const random = new Random(seed);
  const weights = (name: string, shape: readonly number[], scale: number): string => {
    const size = shape.reduce((product, each) => product * each, 1);
    return graph.halves(
      name,
      shape,
      Float32Array.from({ length: size }, () => random.between(-scale, scale)),
    );
  };
  const constant = (name: string, shape: readonly number[], value: number): string =>
    graph.floats(name, shape, new Float32Array(shape.reduce((product, each) => product * each, 1)).fill(value));
  const one = constant("one", [width], 1);
  const zero = constant("zero", [width], 0);
  const norm = (input: string, name: string): string =>
    graph.add("LayerNormalization", [input, one, zero], name, { axis: -1 });

  /** Weights in eight bits, once; what comes is brought to eight bits by the range of the whole batch. */
  const linear = (name: string, from: number, to: number) => {
    const dense = weights(`${name}.weight`, [from, to], Math.sqrt(3 / from));
    graph.add("DynamicQuantizeLinear", [dense], `${name}.w`, {}, [`${name}.w.scale`, `${name}.w.zero`]);
    const bias = weights(`${name}.bias`, [to], 0.02);
    return (input: string, output: string): string => {
      const own = (part: string): string => `${output}.${part}`;
      graph.add("DynamicQuantizeLinear", [input], own("q"), {}, [own("scale"), own("zero")]);
      graph.add("MatMulInteger", [own("q"), `${name}.w`, own("zero"), `${name}.w.zero`], own("sum"));
      graph.add("Cast", [own("sum")], own("float"), { to: 1 });
      graph.add("Mul", [own("scale"), `${name}.w.scale`], own("unit"));
      graph.add("Mul", [own("float"), own("unit")], own("product"));
      return graph.add("Add", [own("product"), bias], output);
    };
  };

  graph.input("pixel_values", [3, side, side]);
  const kernel = weights("patch.weight", [width, 3, patch, patch], Math.sqrt(3 / (3 * patch * patch)));
  graph.add("Conv", ["pixel_values", kernel], "patches", { strides: [patch, patch], kernel_shape: [patch, patch] });
  graph.add("Reshape", ["patches", graph.integers("patch.shape", [0, width, -1])], "patch.rows");
  graph.add("Transpose", ["patch.rows"], "patch.tokens", { perm: [0, 2, 1] });
  const first = graph.integers("first", [0]);
  graph.add("Gather", [graph.add("Shape", ["pixel_values"], "shape"), first], "batch");
  graph.add("Concat", ["batch", graph.integers("class.shape", [1, width])], "class.wanted", { axis: 0 });
  graph.add("Expand", [weights("class", [1, 1, width], 0.1), "class.wanted"], "class.token");
  graph.add("Concat", ["class.token", "patch.tokens"], "tokens", { axis: 1 });
  graph.add("Add", ["tokens", weights("position", [1, tokens, width], 0.1)], "placed");

  const layer = {
    query: linear("query", width, width),
    key: linear("key", width, width),
    value: linear("value", width, width),
    out: linear("out", width, width),
    wide: linear("wide", width, hidden),
    narrow: linear("narrow", hidden, width),
  };
  const split = graph.integers("split", [0, tokens, heads, width / heads]);
  const joined = graph.integers("joined", [0, tokens, width]);
  const scale = constant("scale", [1], Math.sqrt(heads / width));
  const steepness = constant("steepness", [1], 1.702);
  let stream = norm("placed", "ln_pre");
  for (let i = 0; i < layers; i++) {
    const own = (part: string): string => `${i}.${part}`;
    const normed = norm(stream, own("ln_1"));
    const parted = (part: "query" | "key" | "value", perm: number[]): string => {
      graph.add("Reshape", [layer[part](normed, own(part)), split], own(`${part}.split`));
      return graph.add("Transpose", [own(`${part}.split`)], own(`${part}.heads`), { perm });
    };
    graph.add("MatMul", [parted("query", [0, 2, 1, 3]), parted("key", [0, 2, 3, 1])], own("alike"));
    graph.add("Softmax", [graph.add("Mul", [own("alike"), scale], own("scaled"))], own("share"), { axis: -1 });
    graph.add("MatMul", [own("share"), parted("value", [0, 2, 1, 3])], own("seen"));
    graph.add("Transpose", [own("seen")], own("turned"), { perm: [0, 2, 1, 3] });
    graph.add("Reshape", [own("turned"), joined], own("attended"));
    const after = graph.add("Add", [stream, layer.out(own("attended"), own("out"))], own("after"));
    const wide = layer.wide(norm(after, own("ln_2")), own("wide"));
    graph.add("Sigmoid", [graph.add("Mul", [wide, steepness], own("steep"))], own("gate"));
    graph.add("Mul", [wide, own("gate")], own("gelu"));
    stream = graph.add("Add", [after, layer.narrow(own("gelu"), own("narrow"))], own("end"));
  }
  graph.add("Gather", [stream, first], "class.end", { axis: 1 });
  graph.add("Reshape", ["class.end", graph.integers("row", [-1, width])], "class.row");
  const projection = weights("projection", [width, clipWidth], Math.sqrt(3 / width));
  graph.add("MatMul", [norm("class.row", "ln_post"), projection], "image_embeds");
  graph.output("image_embeds", [clipWidth]);
  return graph.asModel();
}
