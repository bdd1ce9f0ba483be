"""Reasons that the library gives in English, for people who read Chinese.

The library's messages are for programmers and have one language. Those that a visitor of the page can meet (a
picture that cannot be read, a box that is none, a model that does not fit or cannot be fetched) are told here again.
A message that no line fits is shown as it is, and a test that reads the library's sources finds it.
"""

from __future__ import annotations

import re

from app.text.words import Text

# Groups named in a pattern fill the blanks of its sentence; what they hold is looked up in the same way.
_LINES = (
    # pictures
    (r"picture must be a data URI or base64 of a picture file, got (?P<got>.*)\.",
     "图片必须是图片文件的 data URI 或 base64，收到的是 {got}。"),
    (r"picture must be a data URI or base64 of a picture file; its base64 is damaged\.",
     "图片必须是图片文件的 data URI 或 base64；收到的 base64 已损坏。"),
    (r"picture must be a file of at most (?P<most>\d+) MB, got (?P<got>\d+) MB\.",
     "图片文件最大 {most} MB，收到的是 {got} MB。"),
    (r".* is no picture of a known kind; use (?P<kinds>.*)\.", "不是可识别的图片格式，请使用 {kinds}。"),
    (r".* is damaged or unreadable \((?P<kind>\w+)\); save it again\.", "文件已损坏或无法读取（{kind}），请重新保存。"),
    (r".* claims far more than (?P<most>\d+) million pixels\.", "图片标称的像素数远超上限（{most} 百万像素）。"),
    (r".* has (?P<size>\d+×\d+) pixels; at most (?P<most>\d+) million are read\. Make it smaller\.",
     "图片有 {size} 像素，最多读取 {most} 百万像素，请缩小后再试。"),
    # what is kept and what is drawn again
    (r"box must be four numbers, top, left, bottom, right, got (?P<got>.*)\.",
     "框必须是四个数（上、左、下、右），收到的是 {got}。"),
    (r"box must have top < bottom and left < right, got (?P<got>.*)\.",
     "框的上边必须小于下边，左边必须小于右边，收到的是 {got}。"),
    (r"box must be a number from (?P<low>\S+) to (?P<high>\S+), got (?P<got>.*)\.",
     "框的每个数必须在 {low} 到 {high} 之间，收到的是 {got}。"),
    (r"outside must be true or false, got (?P<got>.*)\.", "outside 必须是 true 或 false，收到的是 {got}。"),
    (r"keep must .*, got (?P<got>.*)\.", "保留区域的形状不符，收到的是 {got}。"),
    # memory
    (r"The model (?P<name>.*) needs (?P<need>.* [GM]B) of memory on (?P<device>\S+), (?P<free>.* [GM]B) is free\..*",
     "模型 {name} 在 {device} 上需要 {need} 内存，现有 {free}。请换一个较小的模型，或关闭其他程序。"),
    # a GPU that is lent by the call
    (r"You have exceeded your .*ZeroGPU quota \((?P<asked>\d+)s requested vs\. (?P<left>-?\d+)s left\)\. "
     r"Try again in (?P<wait>[^.]*)\..*",
     "你的 ZeroGPU 额度已用完（需要 {asked} 秒，剩余 {left} 秒）。请在 {wait} 之后重试。"),
    (r"You have exceeded your ZeroGPU runs limit\..*", "你的 ZeroGPU 运行次数已达上限，请稍后再试。"),
    (r"You have too many ZeroGPU credits allocated to running tasks\..*",
     "你正在运行的任务占用了太多 ZeroGPU 额度，请等其中一些完成后再试。"),
    (r"Space app has reached its GPU limit\..*",
     "此 Space 的 GPU 额度已用完，请稍后再试；登录 Hugging Face 可使用自己的额度。"),
    (r"No GPU was available after (?P<seconds>\d+)s.*", "{seconds} 秒内没有空闲的 GPU，请稍后再试。"),
    (r"No GPU was available", "没有空闲的 GPU，请稍后再试。"),
    (r"The requested GPU duration \((?P<asked>\d+)s\) is larger than the maximum allowed.*",
     "所需的 GPU 时间（{asked} 秒）超过上限，请一次少生成几张图片。"),
    (r"GPU task aborted", "GPU 上的任务被中止，请重试。"),
    (r"Expired ZeroGPU proxy token", "ZeroGPU 令牌已过期，请刷新页面。"),
    # fetching: file, cause, remedy
    (r"(?P<what>.*) could not be fetched: (?P<cause>.*)\. Remedy: (?P<remedy>.*)\.",
     "{what}无法下载：{cause}。建议：{remedy}。"),
    (r"model (?P<name>\S+)", "模型 {name} "),
    (r"(?P<file>\S+) of (?P<repository>\S+)", "{repository} 的 {file} "),
    (r"it was not done in (?P<time>.*)", "未能在 {time}内完成"),
    (r"(?P<count>[\d.e-]+) seconds?", "{count} 秒"),
    (r"(?P<count>\d+) minutes?", "{count} 分钟"),
    (r"(?P<count>\d+) hours?", "{count} 小时"),
    (r"the hub shows no such thing without a log-in \(401\)", "不登录就看不到该文件（401）"),
    (r"the hub refuses access \(403\)", "Hub 拒绝访问（403）"),
    (r"the hub has no such file or model \(404\)", "Hub 上没有该文件或模型（404）"),
    (r"the hub has had too many requests \(429\)", "对 Hub 的请求过多（429）"),
    (r"the hub is in trouble \((?P<status>\d+)\)", "Hub 出了问题（{status}）"),
    (r"the hub sent more than the file holds", "Hub 发来的数据超出文件大小"),
    (r"the hub offers (?P<got>\S+) bytes where (?P<known>\S+) are expected", "Hub 提供 {got} 字节，应为 {known} 字节"),
    (r"the connection ended after (?P<got>.*) of (?P<all>.*)", "连接在 {got} 处中断（共 {all}）"),
    (r"HF_HUB_OFFLINE is set", "已设置 HF_HUB_OFFLINE"),
    (r"the hub did not answer in time", "Hub 没有及时应答"),
    (r"the hub cannot be reached or hung up \((?P<kind>\w+)\)", "无法连接 Hub，或连接被断开（{kind}）"),
    (r"the disk is full", "磁盘已满"),
    (r"the cache cannot be written \(.*\)", "缓存无法写入"),
    (r"it arrived twice with the right size and another content \(sha256\)", "两次收到的内容都与校验和（sha256）不符"),
    (r"the hub tells no commit", "Hub 没有给出提交（commit）"),
    (r"it has no (?P<file>\S+) with safetensors beside it", "其中没有 {file} 及 safetensors 权重"),
    (r"it needs (?P<need>.*) of disk, (?P<free>.*) is free", "需要 {need} 磁盘空间，现有 {free}"),
    (r"another process is fetching it", "另一个进程正在下载"),
    (r"run it again: it goes on where it is", "请重试，会从中断处继续"),
    (r"try again later; what has arrived is kept", "请稍后再试，已下载的部分会保留"),
    (r"check the name; log in with .*", "请检查名称，或登录后再试"),
    (r"log in with .*", "请登录，并在其页面上接受使用条款"),
    (r"check the name; a mirror set by HF_ENDPOINT may lack it", "请检查名称；HF_ENDPOINT 指定的镜像可能没有它"),
    (r"wait some minutes; a log-in raises the limit", "请等几分钟；登录可提高上限"),
    (r"this is another file or a log-in page: check HF_ENDPOINT and any proxy",
     "这是别的文件或登录页：请检查 HF_ENDPOINT 和代理"),
    (r"unset it, or use a model that is already here", "请取消该设置，或使用已有的模型"),
    (r"check the connection and HF_ENDPOINT; what has arrived is kept",
     "请检查网络和 HF_ENDPOINT；已下载的部分会保留"),
    (r"free some space, or choose another cache; what has arrived is kept",
     "请腾出空间，或换一个缓存；已下载的部分会保留"),
    (r"free some space, or choose a cache on another disk", "请腾出空间，或把缓存放到另一块磁盘"),
    (r"a proxy or mirror may change it; try another network or HF_ENDPOINT",
     "代理或镜像可能改动了它，请换一个网络或 HF_ENDPOINT"),
    (r"check HF_ENDPOINT: is it a hub\?", "请检查 HF_ENDPOINT 是否为 Hub"),
    (r"give a model that save_pretrained wrote", "请给出 save_pretrained 保存的模型"),
    (r"wait for that one, or end it", "请等它完成，或结束它"),
)  # fmt: skip
CHINESE_REASONS = tuple((re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in _LINES)


def reason(error: Exception, text: Text) -> str:
    """What an error of the library says, in the language of a text."""
    return _chinese(str(error)) if text.language == "zh" else str(error)


def _chinese(said: str) -> str:
    for pattern, sentence in CHINESE_REASONS:
        found = pattern.fullmatch(said)
        if found is not None:
            return sentence.format(**{name: _chinese(part) for name, part in found.groupdict().items()})
    return said
